//! Instance types: how big, how many network interfaces, at what price.

use serde_json::{Value, json};

/// An instance type.
#[derive(Debug)]
pub struct InstanceType {
    /// `t3.medium`.
    pub name: &'static str,
    /// `x86_64` or `arm64`.
    pub arch: &'static str,
    /// Virtual CPUs; the ECS agent registers 1,024 CPU units for each.
    pub vcpus: u32,
    /// Nominal memory in MiB.
    pub memory_mib: u32,
    /// What the ECS agent registers in MiB: nominal less about 3 % that the kernel keeps. An estimate (docs/fidelity.md):
    /// AWS publishes two examples only (facts: DG/memory-management).
    pub registered_mib: u32,
    /// Network interfaces, the primary one included (EC2 guide, "IP addresses per network interface").
    pub enis: u32,
    /// Private IPv4 addresses on each of them.
    pub ips_per_eni: u32,
    /// Tasks in `awsvpc` mode with the account setting `awsvpcTrunking`; none where the type does not support trunking
    /// (facts: DG/eni-trunking-supported-instance-types).
    pub trunk_tasks: Option<u32>,
    /// GPUs.
    pub gpus: u32,
    /// Linux, on demand, us-east-1: micro-dollars an hour.
    pub price_micros: u64,
}

/// The types of the model. Sizes: facts/fargate-and-ec2 §4. Prices: facts/fargate-and-ec2 §3 (November 2026) for t3 and
/// m5; the others are list prices from general knowledge, not checked again (docs/fidelity.md).
pub const TYPES: &[InstanceType] = &[
    x86("t2.micro", 1, 1, 990, (2, 2), None, 11_600),
    x86("t3.micro", 2, 1, 990, (2, 2), None, 10_400),
    x86("t3.small", 2, 2, 1_980, (3, 4), None, 20_800),
    x86("t3.medium", 2, 4, 3_960, (3, 6), None, 41_600),
    x86("t3.large", 2, 8, 7_950, (3, 12), None, 83_200),
    x86("t3.xlarge", 4, 16, 15_900, (4, 15), None, 166_400),
    x86("t3.2xlarge", 8, 32, 31_800, (4, 15), None, 332_800),
    x86("m5.large", 2, 8, 7_950, (3, 10), Some(10), 96_000),
    x86("m5.xlarge", 4, 16, 15_900, (4, 15), Some(20), 192_000),
    x86("m5.2xlarge", 8, 32, 31_800, (4, 15), Some(40), 384_000),
    x86("m5.4xlarge", 16, 64, 63_600, (8, 30), Some(60), 768_000),
    x86("c5.large", 2, 4, 3_960, (3, 10), Some(10), 85_000),
    x86("c5.xlarge", 4, 8, 7_950, (4, 15), Some(20), 170_000),
    x86("r5.large", 2, 16, 15_900, (3, 10), Some(10), 126_000),
    InstanceType { gpus: 1, ..x86("g4dn.xlarge", 4, 16, 15_900, (3, 10), None, 526_000) },
    arm("t4g.small", 2, 2, 1_980, (3, 4), None, 16_800),
    arm("t4g.medium", 2, 4, 3_960, (3, 6), None, 33_600),
    arm("t4g.large", 2, 8, 7_950, (3, 12), None, 67_200),
    arm("m6g.large", 2, 8, 7_950, (3, 10), Some(10), 77_000),
];

impl InstanceType {
    /// The type of a name.
    pub fn find(name: &str) -> Option<&'static Self> {
        TYPES.iter().find(|known| known.name == name)
    }

    /// Tasks in `awsvpc` mode that fit by their interfaces: one slot is the instance's own.
    pub fn awsvpc_tasks(&self, trunking: bool) -> u32 {
        let plain = self.enis.saturating_sub(1);
        if trunking { self.trunk_tasks.unwrap_or(plain) } else { plain }
    }

    /// The type as `DescribeInstanceTypes` shows it.
    pub fn describe(&self) -> Value {
        let burstable = self.name.starts_with('t');
        json!({
            "InstanceType": self.name,
            "CurrentGeneration": self.name != "t2.micro",
            "FreeTierEligible": matches!(self.name, "t2.micro" | "t3.micro"),
            "SupportedUsageClasses": ["on-demand", "spot"],
            "SupportedRootDeviceTypes": ["ebs"],
            "SupportedVirtualizationTypes": ["hvm"],
            "BareMetal": false,
            "Hypervisor": "nitro",
            "ProcessorInfo": { "SupportedArchitectures": [self.arch] },
            "VCpuInfo": { "DefaultVCpus": self.vcpus },
            "MemoryInfo": { "SizeInMiB": self.memory_mib },
            "NetworkInfo": {
                "MaximumNetworkInterfaces": self.enis,
                "Ipv4AddressesPerInterface": self.ips_per_eni,
                "Ipv6Supported": true,
                "EnaSupport": "required",
            },
            "BurstablePerformanceSupported": burstable,
            "HibernationSupported": true,
        })
    }
}

const fn x86(
    name: &'static str,
    vcpus: u32,
    gib: u32,
    registered_mib: u32,
    (enis, ips_per_eni): (u32, u32),
    trunk_tasks: Option<u32>,
    price_micros: u64,
) -> InstanceType {
    InstanceType {
        name,
        arch: "x86_64",
        vcpus,
        memory_mib: gib * 1_024,
        registered_mib,
        enis,
        ips_per_eni,
        trunk_tasks,
        gpus: 0,
        price_micros,
    }
}

const fn arm(
    name: &'static str,
    vcpus: u32,
    gib: u32,
    registered_mib: u32,
    network: (u32, u32),
    trunk_tasks: Option<u32>,
    price_micros: u64,
) -> InstanceType {
    let like = x86(name, vcpus, gib, registered_mib, network, trunk_tasks, price_micros);
    InstanceType { arch: "arm64", ..like }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn awsvpc_tasks_are_the_interfaces_less_one_or_what_trunking_allows() {
        let m5 = InstanceType::find("m5.large").unwrap();
        assert_eq!((m5.awsvpc_tasks(false), m5.awsvpc_tasks(true)), (2, 10));
        let t3 = InstanceType::find("t3.medium").unwrap();
        assert_eq!((t3.awsvpc_tasks(false), t3.awsvpc_tasks(true)), (2, 2));
        assert!(InstanceType::find("t3.nano").is_none());
    }
}
