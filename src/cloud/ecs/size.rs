//! Sizes of tasks: the texts in which `cpu` and `memory` are given, and what Fargate offers.

/// Fargate's sizes on Linux: CPU units, least and most MiB, and the step between (facts: DG/fargate-tasks-services).
const FARGATE: &[(u32, &[u32])] =
    &[(256, &[512, 1_024, 2_048]), (32_768, &[61_440, 122_880, 249_856])];

/// CPU units, least MiB, most MiB, step.
const FARGATE_RANGES: &[(u32, u32, u32, u32)] = &[
    (512, 1_024, 4_096, 1_024),
    (1_024, 2_048, 8_192, 1_024),
    (2_048, 4_096, 16_384, 1_024),
    (4_096, 8_192, 30_720, 1_024),
    (8_192, 16_384, 61_440, 4_096),
    (16_384, 32_768, 122_880, 8_192),
];

/// Whether Fargate offers this size.
pub fn fargate_offers(cpu: u32, memory: u32) -> bool {
    let listed = FARGATE.iter().any(|(units, sizes)| *units == cpu && sizes.contains(&memory));
    listed
        || FARGATE_RANGES.iter().any(|(units, least, most, step)| {
            *units == cpu && (*least..=*most).contains(&memory) && memory.is_multiple_of(*step)
        })
}

/// CPU units of a text: `256`, `.25 vCPU`, `1 vcpu` (facts: API-ecs RegisterTaskDefinition.cpu).
pub fn cpu_units(text: &str) -> Option<u32> {
    with_unit(text, &[("vcpu", 1_024), ("", 1)])
}

/// MiB of a text: `512`, `1GB`, `0.5 GB` (facts: API-ecs RegisterTaskDefinition.memory).
pub fn mebibytes(text: &str) -> Option<u32> {
    with_unit(text, &[("gb", 1_024), ("", 1)])
}

/// A decimal number with one of some units; the result is a whole number of one or more.
fn with_unit(text: &str, units: &[(&str, u32)]) -> Option<u32> {
    let lower = text.trim().to_ascii_lowercase();
    let (digits, factor) = units.iter().find_map(|(unit, factor)| {
        Some((lower.strip_suffix(unit)?.trim_end(), u64::from(*factor)))
    })?;
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
    let all_digits = |part: &str| part.len() <= 9 && part.bytes().all(|byte| byte.is_ascii_digit());
    if !all_digits(whole) || !all_digits(fraction) || (whole.is_empty() && fraction.is_empty()) {
        return None;
    }
    let tens = 10_u64.pow(u32::try_from(fraction.len()).ok()?);
    let whole: u64 = if whole.is_empty() { 0 } else { whole.parse().ok()? };
    let part: u64 = if fraction.is_empty() { 0 } else { fraction.parse().ok()? };
    let scaled = (whole * tens + part) * factor;
    scaled.is_multiple_of(tens).then_some(scaled / tens).filter(|n| *n > 0)?.try_into().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_are_read_as_aws_reads_them() {
        assert_eq!(cpu_units("256"), Some(256));
        assert_eq!(cpu_units(".25 vCPU"), Some(256));
        assert_eq!(cpu_units("2 vcpu"), Some(2_048));
        assert_eq!(mebibytes("0.5GB"), Some(512));
        assert_eq!(mebibytes("1 GB"), Some(1_024));
        assert_eq!(mebibytes("lots"), None);
        assert_eq!(mebibytes("0"), None);
        assert_eq!(cpu_units("."), None);
    }

    #[test]
    fn fargate_offers_what_its_table_says() {
        // Source: facts/fargate-and-ec2 §2.
        let offered = [(256, 512), (512, 4_096), (1_024, 3_072), (4_096, 30_720), (8_192, 20_480)];
        assert!(offered.iter().all(|(cpu, memory)| fargate_offers(*cpu, *memory)));
        let not = [(256, 4_096), (512, 512), (1_024, 2_500), (300, 512), (8_192, 17_408)];
        assert!(not.iter().all(|(cpu, memory)| !fargate_offers(*cpu, *memory)));
    }
}
