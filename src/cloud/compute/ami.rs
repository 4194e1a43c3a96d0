//! Machine images: four are prepared.

use serde_json::{Value, json};

use super::types::InstanceType;

/// A machine image of Amazon's.
#[derive(Debug)]
pub struct Ami {
    /// `ami-…`.
    pub id: &'static str,
    /// Its name.
    pub name: &'static str,
    /// `x86_64` or `arm64`.
    pub arch: &'static str,
    /// The operating system.
    pub os: Os,
    /// The ECS agent is installed and starts with the machine.
    pub ecs: bool,
    /// The public SSM parameter that names the newest image of this sort.
    pub parameter: &'static str,
}

/// An operating system, as the ECS agent reports it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Os {
    /// Linux.
    Linux,
    /// Windows Server 2022 Core.
    Windows2022Core,
}

/// Amazon Linux 2023 with the ECS agent.
pub const ECS_AL2023: &str = "ami-0ec52023000000001";
/// The same for arm64.
pub const ECS_AL2023_ARM: &str = "ami-0ec52023000000a64";
/// Windows Server 2022 Core with the ECS agent.
pub const ECS_WINDOWS: &str = "ami-0ec52022000000001";
/// Amazon Linux 2023 without the ECS agent.
pub const AL2023: &str = "ami-0a120230000000001";

/// The images. Parameters: DG/retrieve-ecs-optimized_AMI, DG/retrieve-ecs-optimized_windows_AMI, AL2023 guide "Launch
/// using the SSM parameter".
pub const AMIS: &[Ami] = &[
    Ami {
        id: ECS_AL2023,
        name: "al2023-ami-ecs-hvm-2023.0.20251209-kernel-6.1-x86_64",
        arch: "x86_64",
        os: Os::Linux,
        ecs: true,
        parameter: "/aws/service/ecs/optimized-ami/amazon-linux-2023/recommended/image_id",
    },
    Ami {
        id: ECS_AL2023_ARM,
        name: "al2023-ami-ecs-hvm-2023.0.20251209-kernel-6.1-arm64",
        arch: "arm64",
        os: Os::Linux,
        ecs: true,
        parameter: "/aws/service/ecs/optimized-ami/amazon-linux-2023/arm64/recommended/image_id",
    },
    Ami {
        id: ECS_WINDOWS,
        name: "Windows_Server-2022-English-Core-ECS_Optimized-2025.12.13",
        arch: "x86_64",
        os: Os::Windows2022Core,
        ecs: true,
        parameter: "/aws/service/ami-windows-latest/\
                    Windows_Server-2022-English-Core-ECS_Optimized/image_id",
    },
    Ami {
        id: AL2023,
        name: "al2023-ami-2023.9.20251208.0-kernel-6.1-x86_64",
        arch: "x86_64",
        os: Os::Linux,
        ecs: false,
        parameter: "/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-x86_64",
    },
];

impl Ami {
    /// The image of an id.
    pub fn find(id: &str) -> Option<&'static Self> {
        AMIS.iter().find(|ami| ami.id == id)
    }

    /// The image that a public SSM parameter names.
    pub fn of_parameter(name: &str) -> Option<&'static Self> {
        AMIS.iter().find(|ami| ami.parameter == name)
    }

    /// The image can run on this type.
    pub fn runs_on(&self, kind: &InstanceType) -> bool {
        self.arch == kind.arch
    }

    /// The root volume's name.
    pub fn root_device(&self) -> &'static str {
        if self.os == Os::Linux { "/dev/xvda" } else { "/dev/sda1" }
    }

    /// The root volume's size in GiB (DG/ecs-optimized_AMI: 30 GiB; AL2023 alone: 8 GiB; Windows: 50 GiB).
    pub fn root_gib(&self) -> u32 {
        match (self.os, self.ecs) {
            (Os::Windows2022Core, _) => 50,
            (Os::Linux, true) => 30,
            (Os::Linux, false) => 8,
        }
    }

    /// The image as `DescribeImages` shows it.
    pub fn describe(&self) -> Value {
        let windows = self.os != Os::Linux;
        let mut shown = json!({
            "ImageId": self.id,
            "Name": self.name,
            "ImageLocation": format!("amazon/{}", self.name),
            "Architecture": self.arch,
            "OwnerId": if self.ecs { "591542846629" } else { "137112412989" },
            "ImageOwnerAlias": "amazon",
            "Public": true,
            "State": "available",
            "ImageType": "machine",
            "Hypervisor": "xen",
            "VirtualizationType": "hvm",
            "EnaSupport": true,
            "RootDeviceName": self.root_device(),
            "RootDeviceType": "ebs",
            "PlatformDetails": if windows { "Windows" } else { "Linux/UNIX" },
            "UsageOperation": if windows { "RunInstances:0002" } else { "RunInstances" },
        });
        if let Some(members) = shown.as_object_mut() {
            if windows {
                members.insert("Platform".into(), json!("windows"));
            } else {
                members.insert("ImdsSupport".into(), json!("v2.0"));
            }
        }
        shown
    }
}
