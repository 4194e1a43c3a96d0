//! Base64 (RFC 4648), as strict as Go's and Python's readers: padding where it belongs, no spare bits, no line breaks.

const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/// Bytes as text.
pub fn encode(bytes: impl AsRef<[u8]>) -> String {
    write(bytes.as_ref())
}

/// The bytes of a text; none if it is no base64.
pub fn decode(text: &str) -> Option<Vec<u8>> {
    let digits = text.trim_end_matches('=');
    let padding = text.len() - digits.len();
    if !text.len().is_multiple_of(4) || padding > 2 {
        return None;
    }
    let mut bytes = Vec::with_capacity(text.len() / 4 * 3);
    for group in digits.as_bytes().chunks(4) {
        let mut word = 0;
        for digit in group {
            word = word << 6 | value(*digit)?;
        }
        let (full, spare) = (group.len() * 6 / 8, group.len() * 6 % 8);
        if word & ((1 << spare) - 1) != 0 {
            return None;
        }
        let word = (word >> spare).to_be_bytes();
        bytes.extend(word.iter().skip(word.len() - full));
    }
    Some(bytes)
}

/// As [`encode`], with letters that stand in addresses as they are, and without padding.
pub fn encode_for_address(bytes: &[u8]) -> String {
    write(bytes).trim_end_matches('=').replace('+', "-").replace('/', "_")
}

/// Reads what [`encode_for_address`] wrote.
pub fn decode_from_address(text: &str) -> Option<Vec<u8>> {
    if text.contains(['+', '/', '=']) {
        return None;
    }
    let mut plain = text.replace('-', "+").replace('_', "/");
    while !plain.len().is_multiple_of(4) {
        plain.push('=');
    }
    decode(&plain)
}

fn write(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(bytes.len().div_ceil(3) * 4);
    for group in bytes.chunks(3) {
        let mut word = 0;
        for at in 0..3 {
            word = word << 8 | usize::from(group.get(at).copied().unwrap_or(0));
        }
        for at in 0..4 {
            let digit = DIGITS.get(word >> (18 - 6 * at) & 63).filter(|_| at <= group.len());
            text.push(digit.map_or('=', |digit| char::from(*digit)));
        }
    }
    text
}

fn value(digit: u8) -> Option<u32> {
    Some(match digit {
        b'A'..=b'Z' => u32::from(digit - b'A'),
        b'a'..=b'z' => u32::from(digit - b'a') + 26,
        b'0'..=b'9' => u32::from(digit - b'0') + 52,
        b'+' => 62,
        b'/' => 63,
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// RFC 4648, section 10.
    #[test]
    fn the_examples_of_the_standard() {
        for (plain, text) in [
            ("", ""),
            ("f", "Zg=="),
            ("fo", "Zm8="),
            ("foo", "Zm9v"),
            ("foob", "Zm9vYg=="),
            ("fooba", "Zm9vYmE="),
            ("foobar", "Zm9vYmFy"),
        ] {
            assert_eq!(encode(plain), text);
            assert_eq!(decode(text).as_deref(), Some(plain.as_bytes()));
        }
    }

    #[test]
    fn every_byte_comes_back() {
        let all: Vec<u8> = (0..=255).collect();
        for count in 0..all.len() {
            let some = &all[count..];
            assert_eq!(decode(&encode(some)).as_deref(), Some(some));
            assert_eq!(decode_from_address(&encode_for_address(some)).as_deref(), Some(some));
        }
    }

    #[test]
    fn what_is_not_written_so_is_refused() {
        for text in
            ["Z", "Zg", "Zg=", "Zg===", "Zh==", "Zm9=", "Zm9v=", "Zm9v====", "Z=g=", "Zm 9", "é=="]
        {
            assert_eq!(decode(text), None, "{text}");
        }
        for text in ["Z", "Zg==", "Zh", "+/+/"] {
            assert_eq!(decode_from_address(text), None, "{text}");
        }
    }
}
