//! Damage that an earlier system did to a text, recognised where it is certain.
//!
//! For any text. Names are judged more strictly (`person`, `name_ent`): a single `?` can be right in a sentence,
//! in a name it never is.

use crate::Code;

/// What damaged this text, if something certainly did.
///
/// - `E_REPLACED`: U+FFFD, or nothing but question marks where letters were;
/// - `E_NCR`: a character reference `&#14019;` that an encoder wrote into the data;
/// - `E_MOJIBAKE`: bytes read in the wrong encoding (锟斤拷, `ÕÅÈý`, control characters U+0080–009F);
/// - `E_MASKED`: three stars in a row.
pub fn corruption(text: &str) -> Option<Code> {
    if text.contains('\u{FFFD}') || only_question_marks(text) {
        Some(Code::EReplaced)
    } else if has_reference(text) {
        Some(Code::ENcr)
    } else if is_misread(text) {
        Some(Code::EMojibake)
    } else if text.contains("***") || text.contains("＊＊＊") {
        Some(Code::EMasked)
    } else {
        None
    }
}

/// The stricter judgement for names: no star and no question mark at all.
pub(crate) fn in_name(text: &str) -> Option<Code> {
    if text.contains(['*', '＊']) || text.contains("××") {
        Some(Code::EMasked)
    } else if text.contains(['?', '？']) {
        Some(Code::EReplaced)
    } else {
        corruption(text)
    }
}

fn only_question_marks(text: &str) -> bool {
    text.matches('?').count() >= 2 && !text.chars().any(|c| c.is_alphabetic())
}

/// `&#14019;` or `&#x36c3;`.
fn has_reference(text: &str) -> bool {
    text.match_indices("&#").any(|(at, _)| {
        let rest = &text[at + 2..];
        let (digits, radix) = match rest.strip_prefix(['x', 'X']) {
            Some(hex) => (hex, 16),
            None => (rest, 10),
        };
        let count = digits.chars().take_while(|c| c.is_digit(radix)).count();
        count > 0 && digits[count..].starts_with(';')
    })
}

fn is_misread(text: &str) -> bool {
    if text.contains("锟斤拷") || text.contains("ï¿½") {
        return true;
    }
    let (mut run, mut longest, mut upper, mut other) = (0usize, 0usize, 0usize, 0usize);
    for c in text.chars() {
        match c {
            // C1 controls stand in no text that people wrote.
            '\u{80}'..='\u{9F}' => return true,
            '\u{A0}'..='\u{FF}' => {
                run += 1;
                longest = longest.max(run);
                upper += usize::from(c.is_alphabetic());
            }
            _ => {
                run = 0;
                other += usize::from(c.is_alphabetic());
            }
        }
    }
    // No language writes four accented letters in a row, or words of nothing else.
    (longest >= 4 && upper > 0) || (upper >= 2 && other == 0)
}
