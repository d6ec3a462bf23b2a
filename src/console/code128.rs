//! Code 128: a case number as bars, so that a printed sheet finds its case by a hand scanner. Digits go two to a symbol.

#[cfg(test)]
mod tests;

/// Widths of bar, gap, bar, gap, bar, gap by symbol value, as ISO/IEC 15417 gives them.
const WIDTHS: [&[u8; 6]; 106] = [
    b"212222", b"222122", b"222221", b"121223", b"121322", b"131222", b"122213", b"122312", b"132212", b"221213",
    b"221312", b"231212", b"112232", b"122132", b"122231", b"113222", b"123122", b"123221", b"223211", b"221132",
    b"221231", b"213212", b"223112", b"312131", b"311222", b"321122", b"321221", b"312212", b"322112", b"322211",
    b"212123", b"212321", b"232121", b"111323", b"131123", b"131321", b"112313", b"132113", b"132311", b"211313",
    b"231113", b"231311", b"112133", b"112331", b"132131", b"113123", b"113321", b"133121", b"313121", b"211331",
    b"231131", b"213113", b"213311", b"213131", b"311123", b"311321", b"331121", b"312113", b"312311", b"332111",
    b"314111", b"221411", b"431111", b"111224", b"111422", b"121124", b"121421", b"141122", b"141221", b"112214",
    b"112412", b"122114", b"122411", b"142112", b"142211", b"241211", b"221114", b"413111", b"241112", b"134111",
    b"111242", b"121142", b"121241", b"114212", b"124112", b"124211", b"411212", b"421112", b"421211", b"212141",
    b"214121", b"412121", b"111143", b"111341", b"131141", b"114113", b"114311", b"411113", b"411311", b"113141",
    b"114131", b"311141", b"411131", b"211412", b"211214", b"211232",
];
const STOP: &[u8; 7] = b"2331112";
/// Symbols that change the set, or begin in one.
const TO_C: usize = 99;
const TO_B: usize = 100;
const BEGIN_B: usize = 104;
const BEGIN_C: usize = 105;
/// Longer texts make bars that no page is wide enough for.
const MOST: usize = 48;

/// Widths of bars and gaps in turn, beginning with a bar; nothing for a text that has no such bars.
pub(crate) fn bars(text: &str) -> Option<Vec<u8>> {
    let visible = text.bytes().all(|b| (b' '..=b'~').contains(&b));
    if text.is_empty() || text.len() > MOST || !visible {
        return None;
    }
    let symbols = symbols(text.as_bytes());
    let weighed = symbols.iter().enumerate().map(|(n, value)| n.max(1) * value);
    let check = weighed.sum::<usize>() % 103;
    let mut widths = Vec::new();
    for value in symbols.into_iter().chain([check]) {
        widths.extend(WIDTHS.get(value)?.iter().map(|digit| digit - b'0'));
    }
    widths.extend(STOP.iter().map(|digit| digit - b'0'));
    Some(widths)
}

/// The symbols without check and stop: pairs of digits in set C where four or more stand together, all else in set B.
fn symbols(text: &[u8]) -> Vec<usize> {
    let mut symbols = Vec::new();
    let (mut rest, mut pairs) = (text, false);
    while let Some((first, after)) = rest.split_first() {
        let digits = rest.iter().take_while(|b| b.is_ascii_digit()).count();
        // Of an odd number the first stands alone, and the others are pairs.
        let wants_pairs = if pairs {
            digits >= 2
        } else {
            digits >= 4 && digits % 2 == 0
        };
        if symbols.is_empty() {
            symbols.push(if wants_pairs { BEGIN_C } else { BEGIN_B });
        } else if wants_pairs != pairs {
            symbols.push(if wants_pairs { TO_C } else { TO_B });
        }
        pairs = wants_pairs;
        match rest {
            [tens, ones, others @ ..] if pairs => {
                symbols.push(usize::from(tens - b'0') * 10 + usize::from(ones - b'0'));
                rest = others;
            }
            _ => {
                symbols.push(usize::from(first - b' '));
                rest = after;
            }
        }
    }
    symbols
}

/// The bars as a path for SVG, one unit to the narrowest, `height` high, and how wide all of it is: ten units of quiet on
/// either side.
pub(crate) fn path(text: &str, height: u32) -> Option<(String, u32)> {
    let mut at = 10_u32;
    let mut path = String::new();
    for (n, width) in bars(text)?.into_iter().enumerate() {
        let width = u32::from(width);
        if n % 2 == 0 {
            path += &format!("M{at} 0h{width}v{height}h-{width}z");
        }
        at += width;
    }
    Some((path, at + 10))
}
