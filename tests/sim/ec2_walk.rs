//! Random histories of EC2, its network and its groups: whatever happens, the account stays consistent.

use std::collections::BTreeSet;

use drydock::cloud::account::Account;
use drydock::cloud::bill::Cost;
use drydock::cloud::compute::instance::State;
use drydock::cloud::input::{Call, Fault, Input, Principal};
use drydock::cloud::net::start;
use drydock::cloud::time::SECOND;
use proptest::prelude::*;
use serde_json::{Value, json};

use crate::ec2_groups::{group_of, template};
use crate::ec2_instances::host;
use crate::lab::{Lab, rows_conform};

/// One thing that somebody does; numbers pick among what there is.
#[derive(Clone, Debug)]
enum Step {
    Launch { subnet: usize },
    Stop(usize),
    Start(usize),
    Terminate(usize),
    FailHardware(usize),
    Agent { of: usize, connected: bool },
    Zone { which: usize, lost: bool },
    Desire(u32),
    Bounds { min: u32, max: u32 },
    TerminateMember { of: usize, fewer: bool },
    MakeNat { subnet: usize },
    DropNat(usize),
    Wait(u64),
}

fn step() -> impl Strategy<Value = Step> {
    let any = 0..12_usize;
    prop_oneof![
        (0..6_usize).prop_map(|subnet| Step::Launch { subnet }),
        any.clone().prop_map(Step::Stop),
        any.clone().prop_map(Step::Start),
        any.clone().prop_map(Step::Terminate),
        any.clone().prop_map(Step::FailHardware),
        (any.clone(), any_bool()).prop_map(|(of, connected)| Step::Agent { of, connected }),
        (0..3_usize, any_bool()).prop_map(|(which, lost)| Step::Zone { which, lost }),
        (0..6_u32).prop_map(Step::Desire),
        (0..3_u32, 2..6_u32).prop_map(|(min, max)| Step::Bounds { min, max }),
        (any.clone(), any_bool()).prop_map(|(of, fewer)| Step::TerminateMember { of, fewer }),
        (0..6_usize).prop_map(|subnet| Step::MakeNat { subnet }),
        any.prop_map(Step::DropNat),
        (1..400_u64).prop_map(Step::Wait),
        (1..30_u64).prop_map(Step::Wait),
    ]
}

fn any_bool() -> impl Strategy<Value = bool> + Clone {
    prop_oneof![Just(true), Just(false)]
}

fn subnet(n: usize) -> &'static str {
    if n < 3 { start::PUBLIC[n] } else { start::PRIVATE[n % 3] }
}

/// The id of one instance, by a number that may be beyond them all.
fn instance(lab: &Lab, n: usize) -> String {
    let instances = &lab.cloud.account().instances;
    let row = instances.values().nth(n % instances.len().max(1));
    row.map_or_else(|| "i-00000000000000000".to_owned(), |row| row.id.to_string())
}

fn act(lab: &mut Lab, step: &Step) {
    let ids = |lab: &Lab, n: usize| json!({ "InstanceIds": [instance(lab, n)] });
    match step {
        Step::Launch { subnet: n } => {
            let mut request = host("default");
            request["SubnetId"] = json!(subnet(*n));
            call(lab, "ec2", "RunInstances", request);
        }
        Step::Stop(n) => call(lab, "ec2", "StopInstances", ids(lab, *n)),
        Step::Start(n) => call(lab, "ec2", "StartInstances", ids(lab, *n)),
        Step::Terminate(n) => call(lab, "ec2", "TerminateInstances", ids(lab, *n)),
        Step::FailHardware(n) => inject(lab, Fault::StopInstance(instance(lab, *n))),
        Step::Agent { of, connected: true } => inject(lab, Fault::ConnectAgent(instance(lab, *of))),
        Step::Agent { of, connected: false } => {
            inject(lab, Fault::DisconnectAgent(instance(lab, *of)));
        }
        Step::Zone { which, lost: true } => {
            inject(lab, Fault::LoseZone(start::ZONES[*which].into()));
        }
        Step::Zone { which, lost: false } => {
            inject(lab, Fault::RestoreZone(start::ZONES[*which].into()));
        }
        Step::Desire(desired) => {
            let request = json!({ "AutoScalingGroupName": "hosts", "DesiredCapacity": desired });
            call(lab, "autoscaling", "SetDesiredCapacity", request);
        }
        Step::Bounds { min, max } => {
            let request =
                json!({ "AutoScalingGroupName": "hosts", "MinSize": min, "MaxSize": max });
            call(lab, "autoscaling", "UpdateAutoScalingGroup", request);
        }
        Step::TerminateMember { of, fewer } => {
            let id = instance(lab, *of);
            let request = json!({ "InstanceId": id, "ShouldDecrementDesiredCapacity": fewer });
            call(lab, "autoscaling", "TerminateInstanceInAutoScalingGroup", request);
        }
        Step::MakeNat { subnet: n } => {
            let allocation =
                lab.cloud.account().addresses.values().last().map(|a| a.id.to_string());
            call(lab, "ec2", "AllocateAddress", json!({}));
            let request = json!({ "SubnetId": subnet(*n), "AllocationId": allocation });
            call(lab, "ec2", "CreateNatGateway", request);
        }
        Step::DropNat(n) => {
            let nats = &lab.cloud.account().nat_gateways;
            let row = nats.values().nth(n % nats.len().max(1)).map(|nat| nat.id.to_string());
            call(lab, "ec2", "DeleteNatGateway", json!({ "NatGatewayId": row }));
        }
        Step::Wait(seconds) => lab.wait(*seconds),
    }
}

/// A call that may be refused.
fn call(lab: &mut Lab, service: &str, operation: &str, input: Value) {
    let call = Call::new(service, operation, input);
    lab.cloud.apply(&Input::Call { by: Principal::administrator(), call });
}

fn inject(lab: &mut Lab, fault: Fault) {
    lab.cloud.apply(&Input::Inject { fault });
}

fn check(lab: &Lab) {
    let account = lab.cloud.account();
    addresses_are_those_of_interfaces(account);
    instances_have_their_interfaces(account);
    groups_and_instances_agree(account);
    the_bill_is_of_what_there_is(account);
}

fn addresses_are_those_of_interfaces(account: &Account) {
    for subnet in account.subnets.values() {
        let base = u32::from(subnet.cidr.address(0));
        let here = account.enis.values().filter(|eni| eni.subnet == subnet.id);
        let used: BTreeSet<u32> = here.map(|eni| u32::from(eni.private_ip) - base).collect();
        let taken: BTreeSet<u32> = subnet.taken.keys().copied().collect();
        assert_eq!(taken, used, "{}", subnet.id);
    }
}

fn instances_have_their_interfaces(account: &Account) {
    for instance in account.instances.values() {
        let wanted = usize::from(instance.state != State::Terminated);
        assert_eq!(instance.enis.len(), wanted, "{instance:?}");
        for id in &instance.enis {
            let eni = account.enis.find(id).expect("its interface");
            assert_eq!(eni.attached.as_ref().map(|(host, _)| host), Some(&instance.id));
            let off = instance.state == State::Stopped;
            assert!(!(off && eni.public_ip.is_some()), "{instance:?}");
        }
    }
}

fn groups_and_instances_agree(account: &Account) {
    for group in account.groups.values() {
        assert!((group.size.min..=group.size.max).contains(&group.size.desired), "{group:?}");
        for member in &group.members {
            let instance = account.instances.find(&member.instance).expect("its instance");
            assert_eq!(instance.group.as_ref(), Some(&group.name));
            assert_eq!(instance.zone, member.zone);
        }
    }
}

fn the_bill_is_of_what_there_is(account: &Account) {
    let running = account.instances.values().filter(|row| row.state == State::Running);
    let rate: u64 = running.map(|row| row.kind.price_micros).sum();
    assert_eq!(account.bill.rate(Cost::Instances), rate);
    let nats = account.nat_gateways.values().filter(|nat| nat.state == "available").count();
    assert_eq!(account.bill.rate(Cost::NatGateways), 45_000 * u64::try_from(nats).unwrap());
    let plain = account.enis.values().filter(|eni| eni.public_ip.is_some()).count();
    let idle = account.addresses.values().filter(|address| address.eni.is_none()).count();
    let addresses = u64::try_from(plain + idle).unwrap();
    assert_eq!(account.bill.rate(Cost::PublicAddresses), 5_000 * addresses);
}

fn run(steps: &[Step]) -> Lab {
    let mut lab = Lab::new();
    template(&mut lab);
    lab.ok("autoscaling", "CreateAutoScalingGroup", group_of(0, 5, 2));
    for step in steps {
        act(&mut lab, step);
        check(&lab);
    }
    lab
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 96, failure_persistence: None, ..Default::default() })]

    #[test]
    fn whatever_happens_the_account_stays_consistent(steps in prop::collection::vec(step(), 1..40)) {
        let mut lab = run(&steps);
        rows_conform(&lab);
        // In the end every group gets what it wants, once all zones work.
        for zone in start::ZONES {
            lab.inject(Fault::RestoreZone(zone.into()));
        }
        lab.wait(1_800);
        check(&lab);
        let account = lab.cloud.account();
        let group = account.groups.find("hosts").expect("the group");
        prop_assert_eq!(group.count(), group.size.desired);
        for member in group.staying() {
            let instance = account.instances.find(&member.instance).expect("its instance");
            prop_assert!(member.healthy && instance.is_up(), "{:?}", instance);
        }
    }

    #[test]
    fn the_same_steps_give_the_same_history(steps in prop::collection::vec(step(), 1..25)) {
        prop_assert_eq!(run(&steps).cloud.digest(), run(&steps).cloud.digest());
    }

    #[test]
    fn time_may_be_cut_into_pieces(steps in prop::collection::vec(step(), 1..15), piece in 1..50_u64) {
        let whole = run(&steps);
        let mut cut = Lab::new();
        template(&mut cut);
        cut.ok("autoscaling", "CreateAutoScalingGroup", group_of(0, 5, 2));
        for step in &steps {
            if let Step::Wait(seconds) = step {
                let end = cut.cloud.now() + seconds * SECOND;
                while cut.cloud.now() + piece * SECOND < end {
                    cut.wait(piece);
                }
                cut.cloud.apply(&Input::Advance { to: end });
            } else {
                act(&mut cut, step);
            }
        }
        prop_assert_eq!(whole.cloud.digest(), cut.cloud.digest());
    }
}
