//! Names as the standard means them: a namespace by its address, and a local name. Prefixes are only spelling.

/// The most bytes of a name, prefix included; no field of any interface is called longer than this.
const NAME_BYTES_MAX: usize = 256;

/// An element's name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Name {
    /// Its namespace; `None` where it is in none.
    pub namespace: Option<Box<str>>,
    /// Its name there.
    pub local: Box<str>,
}

impl Name {
    /// A name in no namespace.
    pub fn plain(local: &str) -> Self {
        Self {
            namespace: None,
            local: local.into(),
        }
    }
    /// A name in a namespace.
    pub fn of(namespace: &str, local: &str) -> Self {
        Self {
            namespace: Some(namespace.into()),
            local: local.into(),
        }
    }
}

/// The names of the elements from the root to a record, both included.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Path(Box<[Name]>);

impl Path {
    /// These names, the root first.
    pub fn new(names: impl IntoIterator<Item = Name>) -> Self {
        Self(names.into_iter().collect())
    }
    /// Names in no namespace, with slashes between them: `Package/Body/Case`.
    pub fn plain(path: &str) -> Self {
        Self::new(path.split('/').filter(|n| !n.is_empty()).map(Name::plain))
    }
    /// The names.
    pub fn names(&self) -> &[Name] {
        &self.0
    }
}

/// Whether a name, prefix included, is one that XML knows and that fits our limits.
pub(super) fn is_sound(qname: &str) -> bool {
    let mut parts = qname.split(':');
    let (first, second, third) = (parts.next(), parts.next(), parts.next());
    qname.len() <= NAME_BYTES_MAX && third.is_none() && [first, second].into_iter().flatten().all(is_part)
}

fn is_part(name: &str) -> bool {
    let letter = |c: char| c.is_ascii_alphabetic() || c == '_' || (!c.is_ascii() && c.is_alphanumeric());
    let other = |c: char| letter(c) || c.is_ascii_digit() || c == '-' || c == '.';
    name.chars().next().is_some_and(letter) && name.chars().all(other)
}

/// Whether XML 1.0 knows the character at all; most control characters it does not, not even as a reference.
pub(super) fn is_char(c: char) -> bool {
    matches!(c, '\t' | '\n' | '\r' | ' '..='\u{D7FF}' | '\u{E000}'..='\u{FFFD}' | '\u{10000}'..='\u{10FFFF}')
}

/// What the standard calls white space; a full-width space is text.
pub(super) fn is_space(c: char) -> bool {
    matches!(c, ' ' | '\t' | '\r' | '\n')
}
