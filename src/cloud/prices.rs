//! The price list: us-east-1, US dollars, whole micro-dollars an hour, so that sums are exact.
//!
//! Read in November 2026 from secondary sources that quote AWS's list prices (facts: fargate-and-ec2 §3, eks §1,
//! app-runner §5, anywhere §1), not from AWS's own price list. Instance types carry their price in `compute::types`.
//! Taxes, free tiers, Savings Plans and data transfer are left out (docs/fidelity.md).

/// Fargate, Linux on x86: a vCPU (0.04048; vantage.sh, wring.co).
pub const FARGATE_VCPU: u64 = 40_480;
/// Fargate, Linux on x86: a GB of memory (0.004445; same).
pub const FARGATE_GB: u64 = 4_445;
/// Fargate, Linux on ARM: a vCPU (0.03238; vantage.sh).
pub const FARGATE_ARM_VCPU: u64 = 32_380;
/// Fargate, Linux on ARM: a GB of memory (0.00356; vantage.sh).
pub const FARGATE_ARM_GB: u64 = 3_560;
/// Fargate, Windows on x86: a vCPU with its licence (0.09148 + 0.046; vantage.sh).
pub const FARGATE_WINDOWS_VCPU: u64 = 137_480;
/// Fargate, Windows on x86: a GB of memory (0.01005; vantage.sh).
pub const FARGATE_WINDOWS_GB: u64 = 10_050;
/// Fargate: a GB of storage over the 20 that are included (0.000111; vantage.sh).
pub const FARGATE_STORAGE_GB: u64 = 111;
/// What Spot capacity costs of the ordinary price, in percent: "up to 70 % off" (wring.co). Chosen: always that much.
pub const SPOT_PERCENT: u64 = 30;
/// EBS gp3: a GB for a month of 730 hours, 0.08 a month (price tables in public code).
pub const VOLUME_GB_MONTH: u64 = 80_000;
/// ECR: a GB of images for a month of 730 hours, about 0.10 (cloudburn.io, wring.co, 2026; facts: ecr §14).
pub const IMAGE_GB_MONTH: u64 = 100_000;
/// A public IPv4 address, attached or not (0.005; cloudburn.io, 2026).
pub const PUBLIC_ADDRESS: u64 = 5_000;
/// A NAT gateway without its data (0.045; cloudburn.io, basavytix.com).
pub const NAT_GATEWAY: u64 = 45_000;
/// An interface endpoint in one zone without its data (about 0.01; egresscost.com).
pub const INTERFACE_ENDPOINT: u64 = 10_000;
/// An Application Load Balancer without its LCUs (0.0225; general knowledge).
pub const LOAD_BALANCER: u64 = 22_500;
/// An EKS cluster in standard support (0.10; cloudburn.io, factualminds.com).
pub const EKS_CLUSTER: u64 = 100_000;
/// App Runner: a GB of memory of a provisioned instance (0.007; not confirmed).
pub const APP_RUNNER_GB: u64 = 7_000;
/// App Runner: a vCPU of an active instance (0.064; aws-pricing-dataset).
pub const APP_RUNNER_VCPU: u64 = 64_000;
/// An external instance of ECS Anywhere (0.01025; aws.amazon.com/ecs/pricing as transcribed in September 2026).
pub const EXTERNAL_INSTANCE: u64 = 10_250;

/// Hours in a month, as AWS counts them.
pub const HOURS_A_MONTH: u64 = 730;

/// What a Fargate task is made of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FargateSize {
    /// CPU units: 1,024 are a vCPU.
    pub cpu: u32,
    /// Memory in MiB.
    pub memory_mib: u32,
    /// Ephemeral storage in GiB; 20 are included.
    pub storage_gib: u32,
    /// On what it runs.
    pub platform: FargatePlatform,
    /// Spot capacity.
    pub spot: bool,
}

/// Fargate's price lists.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FargatePlatform {
    /// Linux, x86.
    Linux,
    /// Linux, ARM.
    LinuxArm,
    /// Windows, x86.
    Windows,
}

/// What a Fargate task costs an hour, in micro-dollars.
pub fn fargate(size: FargateSize) -> u64 {
    let (vcpu, gb) = match size.platform {
        FargatePlatform::Linux => (FARGATE_VCPU, FARGATE_GB),
        FargatePlatform::LinuxArm => (FARGATE_ARM_VCPU, FARGATE_ARM_GB),
        FargatePlatform::Windows => (FARGATE_WINDOWS_VCPU, FARGATE_WINDOWS_GB),
    };
    let storage = u64::from(size.storage_gib.saturating_sub(20)) * FARGATE_STORAGE_GB;
    let compute = u64::from(size.cpu) * vcpu + u64::from(size.memory_mib) * gb;
    let hour = compute / 1_024 + storage;
    if size.spot { hour * SPOT_PERCENT / 100 } else { hour }
}

/// What a volume costs an hour, in micro-dollars.
pub fn volume(gib: u32) -> u64 {
    u64::from(gib) * VOLUME_GB_MONTH / HOURS_A_MONTH
}

/// What images of so many bytes cost an hour, in micro-dollars.
pub fn images(bytes: u64) -> u64 {
    bytes * IMAGE_GB_MONTH / (HOURS_A_MONTH * 1_000_000_000)
}

#[cfg(test)]
mod tests {
    use super::*;

    // facts: fargate-and-ec2 §3, the table of tasks.
    #[test]
    fn fargate_tasks_cost_what_the_table_says() {
        let task = |cpu, memory_mib| FargateSize {
            cpu,
            memory_mib,
            storage_gib: 20,
            platform: FargatePlatform::Linux,
            spot: false,
        };
        assert_eq!(fargate(task(256, 512)), 12_342);
        assert_eq!(fargate(task(512, 1_024)), 24_685);
        assert_eq!(fargate(task(1_024, 2_048)), 49_370);
        assert_eq!(fargate(task(4_096, 8_192)), 197_480);
        assert_eq!(fargate(FargateSize { storage_gib: 30, ..task(256, 512) }), 12_342 + 1_110);
        assert_eq!(fargate(FargateSize { spot: true, ..task(1_024, 2_048) }), 14_811);
    }
}
