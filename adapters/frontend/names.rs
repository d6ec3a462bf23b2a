//! File names at the place: which are fit to be handled, which feed they belong to, what they declare, who claimed them.
//!
//! A name decides where a file goes and what number it declares, never what it is the same as. Names are untrusted.

use crate::fetch::sha256;
use jiff::civil::Date;
use seams::Rng;
use std::cmp::Ordering;

/// The most bytes a name may have, before anything of ours is put after it.
pub const BYTES_MAX: usize = 120;

/// What the claim of a node adds to a name, before the node's own name and the claim's token.
const CLAIM: &str = ".claimed-";

/// What others put where they could not read a name's bytes: somebody lost this name before us.
const UNREADABLE: char = '\u{FFFD}';

/// Marks that turn the direction of what follows: a name with one does not read as it is.
const TURNING: [char; 11] = [
    '\u{200E}', '\u{200F}', '\u{202A}', '\u{202B}', '\u{202C}', '\u{202D}', '\u{202E}', '\u{2066}', '\u{2067}',
    '\u{2068}', '\u{2069}',
];

/// Whether a name from a listing is fit to be handled at all.
pub fn is_sound(name: &str) -> bool {
    !name.is_empty()
        && name.len() <= BYTES_MAX
        && !name.starts_with('.')
        && !name.starts_with('-')
        && !name.starts_with("~$")
        && !name
            .chars()
            .any(|c| c.is_control() || TURNING.contains(&c) || matches!(c, '/' | '\\' | UNREADABLE))
}

/// A name for one more file of that name: the first is plain, the others have their number after it.
pub fn copy(name: &str, number: u32) -> String {
    match number {
        1 => name.to_owned(),
        _ => format!("{name}.{number}"),
    }
}

/// A name as people are shown it: what is not plain stands there by its number.
pub fn shown(name: &str) -> String {
    let turned = |c: char| TURNING.contains(&c).then(|| c.escape_unicode().to_string());
    name.chars()
        .map(|c| turned(c).unwrap_or_else(|| c.escape_debug().to_string()))
        .collect()
}

/// `dir/name` as the other side writes paths.
pub fn join(dir: &str, name: &str) -> String {
    format!("{}/{name}", dir.trim_end_matches('/'))
}

/// Whether a name follows a pattern, in which `*` stands for any characters and `?` for one.
pub fn follows(pattern: &str, name: &str) -> bool {
    let (pattern, name): (Vec<char>, Vec<char>) = (pattern.chars().collect(), name.chars().collect());
    let (mut p, mut n) = (0, 0);
    let mut star: Option<(usize, usize)> = None;
    while n < name.len() {
        match pattern.get(p) {
            Some('*') => {
                star = Some((p, n));
                p += 1;
            }
            Some(c) if *c == '?' || *c == name[n] => {
                p += 1;
                n += 1;
            }
            // The last star takes one character more; earlier stars need never be tried again.
            _ => match star {
                Some((at, taken)) => {
                    star = Some((at, taken + 1));
                    p = at + 1;
                    n = taken + 1;
                }
                None => return false,
            },
        }
    }
    pattern.get(p..).is_some_and(|rest| rest.iter().all(|c| *c == '*'))
}

/// The name of an outgoing file: `{date}` is `yyyymmdd`, `{seq4}` the number of the day in at least four digits.
pub fn outgoing(pattern: &str, day: Date, seq: u32) -> String {
    pattern
        .replace("{date}", &day.strftime("%Y%m%d").to_string())
        .replace("{seq4}", &format!("{seq:04}"))
}

/// A name without its last extension: what the other side calls the batch.
pub fn stem(name: &str) -> &str {
    match name.rsplit_once('.') {
        Some((stem, _)) if !stem.is_empty() => stem,
        _ => name,
    }
}

/// A file that a node holds, as its name in the directory says.
///
/// The token is this claim's own: whoever held the file before holds another name, and whatever he still does with that
/// finds nothing. A node's name has no dot; a claim from before there were tokens has none.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Claimed<'a> {
    /// The file's own name.
    pub name: &'a str,
    /// Who holds it.
    pub node: &'a str,
    /// Under which token; empty for an old claim.
    pub token: &'a str,
}

impl Claimed<'_> {
    /// The name under which the node holds the file.
    pub fn full(self) -> String {
        let Self { name, node, token } = self;
        let dot = if token.is_empty() { "" } else { "." };
        format!("{name}{CLAIM}{node}{dot}{token}")
    }

    /// The token of whoever takes this claim over. It follows from the claim and the new holder: a file and its marker
    /// get the same one, also where the new holder dies between the two.
    pub fn token_for(self, heir: &str) -> String {
        let told = format!("{}\n{}\n{}\n{heir}", self.name, self.node, self.token);
        sha256(told.as_bytes())
            .iter()
            .take(TOKEN / 2)
            .map(|b| format!("{b:02x}"))
            .collect()
    }
}

/// The digits of a token.
const TOKEN: usize = 16;

/// A token that nobody had before.
pub fn fresh_token(rng: &dyn Rng) -> String {
    format!("{:0TOKEN$x}", rng.next_u64())
}

/// What a name says of its claim, where it is one.
pub fn claim_of(full: &str) -> Option<Claimed<'_>> {
    let (name, holder) = full.rsplit_once(CLAIM)?;
    let (node, token) = holder.split_once('.').unwrap_or((holder, ""));
    (!name.is_empty() && !node.is_empty()).then_some(Claimed { name, node, token })
}

/// Orders names as people count: digits by their value, so that number 10 comes after number 9.
pub fn counted(a: &str, b: &str) -> Ordering {
    let (mut a, mut b) = (a.as_bytes(), b.as_bytes());
    loop {
        let (left, right) = (digits(a), digits(b));
        let step = if left > 0 && right > 0 {
            let (x, y) = (unpadded(&a[..left]), unpadded(&b[..right]));
            x.len().cmp(&y.len()).then_with(|| x.cmp(y))
        } else {
            match (a.first(), b.first()) {
                (None, None) => return Ordering::Equal,
                (x, y) => x.cmp(&y),
            }
        };
        if step != Ordering::Equal {
            return step;
        }
        a = &a[left.max(1)..];
        b = &b[right.max(1)..];
    }
}

fn digits(bytes: &[u8]) -> usize {
    bytes.iter().take_while(|b| b.is_ascii_digit()).count()
}

fn unpadded(digits: &[u8]) -> &[u8] {
    let zeros = digits.iter().take_while(|b| **b == b'0').count();
    &digits[zeros..]
}

#[cfg(test)]
mod tests;
