//! `[channel.settings.xml]`: where records stand in a document, and what stands before them.

use crate::names;
use formats::text::Bom;
use formats::xml::{Element, Many, Path, Tag, XmlReadOptions, XmlReader, XmlWriteOptions, XmlWriter};
use formats::{Columns, Counts, Encoding, Input, Limits, RowReader, Taken, columns::Extra};
use jiff::civil::DateTime;
use model::define::Layout;
use model::{Code, Finding, Header};
use serde::Deserialize;
use std::io::{Read as _, Seek as _};

/// How documents are written and read.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct XmlSettings {
    /// The element of a record, by the names on the way to it: `Package/Body/Seal`. A feed may have another.
    pub records: String,
    /// Whether the encoding's mark stands first: always or never. What comes the other way round was rewritten on its
    /// way. Before `utf-16` it always stands.
    #[serde(default)]
    pub bom: bool,
    /// Fields that stand there once for each of their values.
    #[serde(default)]
    pub lists: Vec<Box<str>>,
    /// Where a document says how many records it has: `Package/Head/Count`.
    pub count: Option<String>,
    /// What is written before the records.
    pub head: Option<HeadSettings>,
}

/// What is written before the records, inside the root.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct HeadSettings {
    /// The element's name.
    pub name: String,
    /// How `{time}` is written, by the words of strftime.
    #[serde(default = "plain_time")]
    pub time: String,
    /// The elements in it, in this order.
    pub fields: Vec<HeadField>,
}

/// One element of the head.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct HeadField {
    /// Its name.
    pub name: String,
    /// Its text. `{message_id}`, `{time}` and `{count}` stand for the record's own number, the batch's time and how many
    /// records there are.
    pub text: String,
}

fn plain_time() -> String {
    "%Y-%m-%d %H:%M:%S".to_owned()
}

/// What a head says of one document.
pub struct Facts<'a> {
    /// The record's own number.
    pub message_id: &'a str,
    /// Civil time of the batch.
    pub at: DateTime,
    /// How many records there are.
    pub count: usize,
}

impl XmlSettings {
    /// What types cannot say.
    pub fn judge(&self, say: &mut impl FnMut(&str, &str)) {
        if self.names().len() < 2 {
            say("xml.records", "应形如 must look like \"Package/Body/Case\"");
        }
        if let Some(head) = &self.head
            && jiff::fmt::strtime::format(&head.time, jiff::civil::datetime(2026, 1, 1, 0, 0, 0, 0)).is_err()
        {
            say("xml.head.time", "不是时间格式 is no format of a time");
        }
        let sample = Facts {
            message_id: "N-D-20260101-000001",
            at: jiff::civil::datetime(2026, 1, 1, 0, 0, 0, 0),
            count: 1,
        };
        if XmlWriter::new(Header::new(["a"]), self.writing(Encoding::Utf8, &sample)).is_err() {
            say("xml", "元素名不可用 an element has no usable name");
        }
    }

    fn names(&self) -> Vec<&str> {
        names_of(&self.records)
    }

    /// A writer of documents with this head.
    pub fn writer(&self, header: Header, encoding: Encoding, facts: &Facts<'_>) -> Result<XmlWriter, Finding> {
        XmlWriter::new(header, self.writing(encoding, facts))
    }

    fn writing(&self, encoding: Encoding, facts: &Facts<'_>) -> XmlWriteOptions {
        let mut around: Vec<Tag> = self.names().into_iter().map(Tag::new).collect();
        let record = around.pop().unwrap_or_else(|| Tag::new(""));
        if let (Some(head), false) = (&self.head, around.is_empty()) {
            let root = around.remove(0);
            around.insert(0, root.head(head.element(facts)));
        }
        XmlWriteOptions {
            bom: self.bom,
            around,
            lists: self.lists.clone(),
            ..XmlWriteOptions::new(encoding, record)
        }
    }

    /// A reader of documents whose records stand at `records`, or at the usual place.
    pub fn open(
        &self,
        mut input: Input,
        layout: &Layout,
        records: Option<&str>,
        bytes: u64,
    ) -> Result<Judged, Finding> {
        let limits = Limits {
            file_bytes: bytes,
            ..Limits::default()
        };
        let encoding = crate::format::encoding(layout)?;
        let mut options = XmlReadOptions::new(encoding, Path::plain(records.unwrap_or(&self.records)), Many::Any);
        options.limits = limits;
        options.lists.clone_from(&self.lists);
        // Which of them there must be, the mapping knows.
        let fields = layout.fields.iter();
        let known = fields.flat_map(|f| std::iter::once(f.name.as_str()).chain(f.aliases.iter().map(String::as_str)));
        options.columns = Columns::any().optional(known).extra(Extra::Warn);
        if self.bom {
            options.bom = Bom::Accept;
            // The reader asks for a mark that tells the order, whichever it is.
            if encoding != Encoding::Utf16 {
                marked(&mut input, encoding)?;
            }
        }
        let reader = XmlReader::open(input, options)?;
        let declared = match self.count.as_deref().map(|path| reader.around(path)) {
            None => None,
            Some(Some(text)) => Some(text.trim().parse().map_err(|_| self.no_count())?),
            Some(None) => return Err(self.no_count()),
        };
        Ok(Judged { reader, declared })
    }

    fn no_count(&self) -> Finding {
        Finding::new(Code::EStructure).with(
            "detail",
            format!(
                "缺少记录数 no number of records: {}",
                self.count.as_deref().unwrap_or_default()
            ),
        )
    }

    /// Whether a document's end is at the end of these last bytes, whatever prefix its root has.
    pub fn ends(&self, last: &[u8], encoding: Encoding, records: Option<&str>) -> bool {
        let records = records.unwrap_or(&self.records);
        let root = names_of(records).first().copied().unwrap_or_default();
        // Which way round UTF-16 stands is said at the beginning, which is not at hand.
        let ways: &[Encoding] = match encoding {
            Encoding::Utf16 => &[Encoding::Utf16Le, Encoding::Utf16Be],
            _ => &[encoding],
        };
        ways.iter().any(|way| ends_in(last, *way, root).unwrap_or_default())
    }

    /// How many bytes from the end `ends` needs.
    pub fn tail_bytes(&self) -> usize {
        4 * names::BYTES_MAX
    }
}

fn names_of(records: &str) -> Vec<&str> {
    records.split('/').filter(|n| !n.is_empty()).collect()
}

/// Whether bytes end in the end tag of a root, blanks after it aside; `None` where the encoding has no such name.
fn ends_in(last: &[u8], encoding: Encoding, root: &str) -> Option<bool> {
    let coded = |text: &str| encoding.encode(text).ok();
    let blanks = [" ", "\t", "\r", "\n"].map(coded);
    let mut rest = last;
    while let Some(shorter) = blanks
        .iter()
        .flatten()
        .find_map(|blank| rest.strip_suffix(blank.as_slice()))
    {
        rest = shorter;
    }
    let opens = coded("</")?;
    let named = rest.strip_suffix(coded(&format!("{root}>"))?.as_slice());
    let Some(rest) = named else { return Some(false) };
    let Some(prefixed) = rest.strip_suffix(coded(":")?.as_slice()) else {
        return Some(rest.ends_with(&opens));
    };
    // A prefix is a name: nothing of a tag but that stands between.
    let from = prefixed.windows(opens.len()).rposition(|w| w == opens)?;
    let prefix = encoding.decode(&prefixed[from + opens.len()..]).ok()?;
    Some(formats::xml::is_name(&prefix))
}

/// Whether the agreed mark stands first.
fn marked(input: &mut Input, encoding: Encoding) -> Result<(), Finding> {
    let mark = encoding.mark();
    let mut first = Vec::new();
    let read = input.by_ref().take(mark.len() as u64).read_to_end(&mut first);
    if read.and_then(|_| input.rewind()).is_err() || first != mark {
        let detail = "缺少约定的标记，可能在途中被改写 the agreed mark is missing: perhaps it was rewritten on its way";
        return Err(Finding::new(Code::EStructure).with("detail", detail));
    }
    Ok(())
}

impl HeadSettings {
    fn element(&self, facts: &Facts<'_>) -> Element {
        // Judged when the settings were read; a format that fails here would have failed there.
        let time = jiff::fmt::strtime::format(&self.time, facts.at).unwrap_or_default();
        let text = |field: &HeadField| {
            let text = field.text.replace("{message_id}", facts.message_id);
            text.replace("{count}", &facts.count.to_string())
                .replace("{time}", &time)
        };
        Element::of(
            &self.name,
            self.fields.iter().map(|field| Element::text(&field.name, text(field))),
        )
    }
}

/// A document whose records are counted.
pub struct Judged {
    reader: XmlReader,
    declared: Option<u64>,
}

impl RowReader for Judged {
    fn header(&self) -> &Header {
        self.reader.header()
    }
    fn next(&mut self) -> Result<Option<Taken>, Finding> {
        let taken = self.reader.next()?;
        let counts = self.reader.counts();
        match (&taken, self.declared) {
            (None, Some(declared)) if declared != counts.rows + counts.bad => Err(Finding::new(Code::EFileCount)
                .with("declared", declared)
                .with("found", counts.rows + counts.bad)),
            _ => Ok(taken),
        }
    }
    fn warnings(&mut self) -> Vec<Finding> {
        self.reader.warnings()
    }
    fn counts(&self) -> Counts {
        self.reader.counts()
    }
}
