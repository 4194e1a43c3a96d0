//! AWS's own managed policies that the model knows, as AWS published them in 2026.

use std::sync::{Arc, OnceLock};

use super::managed::ManagedPolicy;
use super::policy::Document;
use crate::cloud::compute::tags::Tags;
use crate::cloud::time::{SECOND, SimTime};

/// The policy with this ARN.
pub(super) fn find(arn: &str) -> Option<&'static Arc<ManagedPolicy>> {
    let name = arn.strip_prefix("arn:aws:iam::aws:policy")?;
    let is_it = |row: &&Prepared| name.strip_prefix(row.path) == Some(row.name);
    PREPARED.iter().find(is_it).map(Prepared::policy)
}

/// All of them.
pub fn prepared<'a>() -> impl Iterator<Item = &'a Arc<ManagedPolicy>> {
    PREPARED.iter().map(Prepared::policy)
}

struct Prepared {
    path: &'static str,
    name: &'static str,
    version: &'static str,
    /// When it was made and last changed, in seconds since 1970.
    dates: (u64, u64),
    /// A function, because what needs one document should not refer to all.
    text: fn() -> &'static str,
    policy: OnceLock<Arc<ManagedPolicy>>,
}

impl Prepared {
    fn policy(&self) -> &Arc<ManagedPolicy> {
        self.policy.get_or_init(|| {
            let date = |seconds: u64| SimTime(seconds * SECOND);
            Arc::new(ManagedPolicy {
                arn: Arc::from(format!("arn:aws:iam::aws:policy{}{}", self.path, self.name)),
                name: Arc::from(self.name),
                path: Arc::from(self.path),
                description: None,
                version: Arc::from(self.version),
                dates: (date(self.dates.0), date(self.dates.1).min(SimTime::START)),
                document: Document::prepared((self.text)()),
                tags: Tags::default(),
            })
        })
    }
}

macro_rules! policies {
    ($($path:literal $name:literal $version:literal $made:literal $changed:literal;)*) => {
        [$(Prepared {
            path: $path,
            name: $name,
            version: $version,
            dates: ($made, $changed),
            text: || include_str!(concat!("prepared/", $name, ".json")),
            policy: OnceLock::new(),
        }),*]
    };
}

/// Path, name, version, when it was made and last changed.
static PREPARED: [Prepared; 32] = policies! {
    "/" "AdministratorAccess" "v1" 1_423_247_986 1_423_247_986;
    "/" "PowerUserAccess" "v12" 1_423_247_987 1_770_919_154;
    "/" "IAMReadOnlyAccess" "v4" 1_423_248_039 1_516_907_487;
    "/service-role/" "AmazonECSTaskExecutionRolePolicy" "v1" 1_510_858_102 1_510_858_102;
    "/service-role/" "AmazonEC2ContainerServiceforEC2Role" "v10" 1_426_790_718 1_770_919_192;
    "/" "AmazonECS_FullAccess" "v22" 1_510_090_614 1_788_360_427;
    "/service-role/" "AmazonEC2ContainerServiceAutoscaleRole" "v2" 1_463_095_544 1_517_858_115;
    "/service-role/" "AmazonEC2ContainerServiceEventsRole" "v3" 1_496_163_095 1_678_141_512;
    "/service-role/" "AmazonECSInfrastructureRolePolicyForVolumes" "v5" 1_704_927_401 1_770_919_354;
    "/aws-service-role/" "AmazonECSServiceRolePolicy" "v24" 1_507_943_938 1_776_899_529;
    "/aws-service-role/" "AutoScalingServiceRolePolicy" "v10" 1_515_453_055 1_762_971_546;
    "/aws-service-role/" "AWSElasticLoadBalancingServiceRolePolicy" "v14" 1_505_859_544 1_770_919_088;
    "/aws-service-role/" "AWSApplicationAutoscalingECSServicePolicy" "v3" 1_508_975_588 1_779_312_433;
    "/" "AmazonEC2ContainerRegistryReadOnly" "v3" 1_450_717_455 1_576_011_392;
    "/" "AmazonEC2ContainerRegistryPullOnly" "v1" 1_728_061_129 1_728_061_129;
    "/" "AmazonEC2ContainerRegistryPowerUser" "v3" 1_450_717_533 1_576_010_888;
    "/" "AmazonEC2ContainerRegistryFullAccess" "v3" 1_450_717_608 1_607_126_659;
    "/" "AmazonS3ReadOnlyAccess" "v3" 1_423_248_059 1_691_703_099;
    "/" "AmazonS3FullAccess" "v2" 1_423_248_058 1_632_773_797;
    "/" "AmazonDynamoDBReadOnlyAccess" "v15" 1_423_248_012 1_731_951_495;
    "/" "AmazonDynamoDBFullAccess_v2" "v3" 1_747_925_526 1_770_919_377;
    "/" "SecretsManagerReadWrite" "v6" 1_522_865_129 1_787_701_030;
    "/" "AmazonSSMReadOnlyAccess" "v1" 1_432_921_459 1_432_921_459;
    "/" "AmazonSSMManagedInstanceCore" "v2" 1_552_670_532 1_558_630_461;
    "/" "CloudWatchLogsFullAccess" "v8" 1_423_248_002 1_770_919_233;
    "/" "CloudWatchAgentServerPolicy" "v3" 1_520_384_804 1_707_237_457;
    "/" "AmazonEC2ReadOnlyAccess" "v5" 1_423_248_017 1_770_919_397;
    "/" "AmazonEKSClusterPolicy" "v10" 1_527_455_174 1_770_919_095;
    "/" "AmazonEKSWorkerNodePolicy" "v3" 1_527_455_341 1_701_043_573;
    "/" "AmazonEKS_CNI_Policy" "v6" 1_527_455_262 1_772_651_534;
    "/" "AmazonEKSFargatePodExecutionRolePolicy" "v1" 1_574_397_269 1_574_397_269;
    "/service-role/" "AWSAppRunnerServicePolicyForECRAccess" "v1" 1_621_019_841 1_621_019_841;
};
