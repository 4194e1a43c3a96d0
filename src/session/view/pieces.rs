//! Long texts in pieces, so that what is out of sight need not be laid out: what a service of 1,000 tasks prints has
//! lines of 40,000 letters.

/// So many bytes make a piece. One that ends with a line may be up to twice as long.
const PIECE: usize = 2_000;

/// A text in pieces: of whole lines, or of whole words where a line is too long.
pub fn pieces(text: &str) -> Vec<&str> {
    let mut pieces = Vec::new();
    let mut rest = text;
    while let Some((piece, after)) = end_of_piece(rest).and_then(|end| rest.split_at_checked(end)) {
        pieces.push(piece);
        rest = after;
    }
    pieces.push(rest);
    pieces
}

fn end_of_piece(text: &str) -> Option<usize> {
    let after = |wanted: u8, room: usize| {
        let at = text.bytes().skip(PIECE).take(room).position(|byte| byte == wanted)?;
        Some(PIECE + at + 1)
    };
    after(b'\n', PIECE).or_else(|| after(b' ', text.len()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_short_is_one_piece() {
        for text in ["", "one line\n", &"letters".repeat(200)] {
            assert_eq!(pieces(text), [text]);
        }
    }

    #[test]
    fn lines_stay_whole() {
        let text = "    \"desiredCount\": 1000,\n".repeat(1_000);
        let pieces = pieces(&text);
        assert_eq!(pieces.concat(), text);
        assert!(pieces.len() > 10);
        assert!(pieces.iter().all(|piece| piece.is_empty() || piece.ends_with('\n')));
        assert!(pieces.iter().all(|piece| piece.len() <= 2 * PIECE));
    }

    #[test]
    fn a_line_that_is_too_long_ends_with_a_word() {
        let text = format!("has started: {}.\nafter", "(task ö24f) ".repeat(1_000));
        let pieces = pieces(&text);
        assert_eq!(pieces.concat(), text);
        assert!(pieces.iter().all(|piece| piece.len() <= 2 * PIECE));
        assert!(pieces[0].ends_with(' '));
    }
}
