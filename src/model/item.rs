//! Items 指标项: the canonical data every department shares, and the dictionary that names them.
//!
//! An item has a number that is never used again for another one: stored bodies carry the number.

use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, HashMap};

/// The number of an item in the dictionary. Stored in the journal, so never reused.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize)]
#[serde(transparent)]
pub struct ItemNo(pub u16);

/// A number, or the same as text: it is the key of [`Items`], JSON's keys are text, and inside a tagged enum serde hands
/// them over as they stand.
impl<'de> Deserialize<'de> for ItemNo {
    fn deserialize<D: serde::Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        from.deserialize_any(Number)
    }
}

struct Number;

impl serde::de::Visitor<'_> for Number {
    type Value = ItemNo;

    fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("the number of an item")
    }

    fn visit_u64<E: serde::de::Error>(self, number: u64) -> Result<ItemNo, E> {
        u16::try_from(number).map(ItemNo).map_err(E::custom)
    }

    fn visit_str<E: serde::de::Error>(self, text: &str) -> Result<ItemNo, E> {
        text.parse().map(ItemNo).map_err(E::custom)
    }
}

/// A canonical value. Always text: dates as `yyyy-mm-dd`, amounts as plain decimals.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize)]
#[serde(untagged)]
pub enum Value {
    /// One value.
    Text(Box<str>),
    /// A repeating item (investors, seal codes): one value per position.
    List(Vec<Box<str>>),
}

/// A text or a list of them, told apart by what comes: to try one after the other costs a copy of each value.
impl<'de> Deserialize<'de> for Value {
    fn deserialize<D: serde::Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        from.deserialize_any(TextOrList)
    }
}

struct TextOrList;

impl<'de> serde::de::Visitor<'de> for TextOrList {
    type Value = Value;

    fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("a text or a list of texts")
    }

    fn visit_str<E: serde::de::Error>(self, text: &str) -> Result<Value, E> {
        Ok(Value::text(text))
    }

    fn visit_string<E: serde::de::Error>(self, text: String) -> Result<Value, E> {
        Ok(Value::text(text))
    }

    fn visit_seq<A: serde::de::SeqAccess<'de>>(self, mut texts: A) -> Result<Value, A::Error> {
        let mut list = Vec::new();
        while let Some(text) = texts.next_element()? {
            list.push(text);
        }
        Ok(Value::List(list))
    }
}

impl Value {
    /// A single value from text.
    pub fn text(text: impl Into<Box<str>>) -> Self {
        Self::Text(text.into())
    }
    /// The text, or the first of a list.
    pub fn as_str(&self) -> &str {
        match self {
            Self::Text(t) => t,
            Self::List(l) => l.first().map_or("", |t| t),
        }
    }
    /// True where nothing stands in it.
    pub fn is_empty(&self) -> bool {
        match self {
            Self::Text(t) => t.is_empty(),
            Self::List(l) => l.is_empty(),
        }
    }
}

/// Items by number, in the order of the dictionary.
pub type Items = BTreeMap<ItemNo, Value>;

/// What kind of text a value is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum ItemKind {
    /// `C`: characters.
    Text,
    /// `N total.scale`: a decimal with at most this many decimals.
    Decimal {
        /// Digits in all.
        digits: u8,
        /// Digits after the point.
        scale: u8,
    },
    /// `D`: a civil date.
    Date,
}

/// How a personal value is shown where it need not be read. Source: domain notes R10.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Mask {
    /// Identity numbers: first 3 and last 4 stay.
    CitizenId,
    /// Telephone numbers, mobile or land line.
    Phone,
    /// Names of people: the first character stays.
    Name,
    /// Addresses: the division stays.
    Address,
    /// Bank accounts: the last 4 stay.
    BankAcct,
    /// Mail addresses: first character and domain stay.
    Email,
}

/// One item of the dictionary.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ItemDef {
    /// Its number, for ever.
    pub no: ItemNo,
    /// Its name in files: `ent_name`.
    pub id: Box<str>,
    /// Its name for people, Chinese.
    pub zh: Box<str>,
    /// Its name for people, English.
    pub en: Box<str>,
    /// What kind of text it is.
    pub kind: ItemKind,
    /// At most this many characters (Unicode scalars); digits for decimals.
    pub max_len: u16,
    /// Several values, one per investor or seal.
    pub repeating: bool,
    /// Personal: masked in lists and logs, and how.
    pub mask: Option<Mask>,
    /// Which check judges it (`check::by_name`).
    pub check: Option<Box<str>>,
    /// Which code table its values come from.
    pub codes: Option<Box<str>>,
    /// 长期 and 99991231 mean "no end" here, and only here.
    pub open_end: bool,
    /// One of the 51 items that departments share; results stand outside.
    pub shared: bool,
}

/// All items, by number and by name.
#[derive(Clone, Debug, Default)]
pub struct Dictionary {
    defs: BTreeMap<ItemNo, ItemDef>,
    by_id: HashMap<Box<str>, ItemNo>,
    same: Vec<Vec<ItemNo>>,
}

impl Dictionary {
    /// Builds the two indexes. Later definitions of a number or name replace earlier ones: the loader has refused those.
    pub fn new(defs: impl IntoIterator<Item = ItemDef>) -> Self {
        let mut dictionary = Self::default();
        for def in defs {
            dictionary.by_id.insert(def.id.clone(), def.no);
            dictionary.defs.insert(def.no, def);
        }
        dictionary
    }
    /// The definition of a number.
    pub fn get(&self, no: ItemNo) -> Option<&ItemDef> {
        self.defs.get(&no)
    }
    /// The definition of a name.
    pub fn find(&self, id: &str) -> Option<&ItemDef> {
        self.by_id.get(id).and_then(|no| self.defs.get(no))
    }
    /// Says that these items mean one thing, whichever department gives them.
    pub fn add_same(&mut self, group: Vec<ItemNo>) {
        self.same.push(group);
    }
    /// Items that must have the value this one has.
    pub fn same_as(&self, no: ItemNo) -> impl Iterator<Item = ItemNo> {
        self.same
            .iter()
            .filter(move |g| g.contains(&no))
            .flatten()
            .copied()
            .filter(move |other| *other != no)
    }
    /// The name of a number; `?` for one the dictionary does not know (an archive of another installation).
    pub fn id(&self, no: ItemNo) -> &str {
        self.get(no).map_or("?", |d| &d.id)
    }
    /// All definitions by number.
    pub fn iter(&self) -> impl Iterator<Item = &ItemDef> {
        self.defs.values()
    }
}
