//! One element, text or end after the other, with everything counted that `quick-xml` does not count.
//!
//! It leaves to its caller what this module does: depth, attributes, events, one root and nothing beside it, names and
//! characters that the standard knows, and document types and entities, which are refused.

use super::name::{is_char, is_sound, is_space};
use super::source::Source;
use crate::{Limits, fault};
use model::{Code, Finding};
use quick_xml::XmlVersion;
use quick_xml::errors::Error;
use quick_xml::events::{BytesRef, BytesStart, Event};
use quick_xml::name::ResolveResult;
use quick_xml::reader::NsReader;

/// Deeper than this no document goes, whatever the settings say.
const DEPTH_MAX: usize = 64;
/// Most attributes of one element.
const ATTRIBUTES_MAX: usize = 256;
/// Most tags, texts and references of one record, or outside the records before the next one: as many references as no
/// record of the usual size has room for.
pub(crate) const EVENTS_MAX: u64 = 300_000;

/// The beginning of an element.
#[derive(Debug)]
pub(super) struct Tag {
    pub(super) namespace: Option<Box<str>>,
    pub(super) local: Box<str>,
    /// As it is written, for findings.
    pub(super) written: Box<str>,
    /// Those in no namespace, `xmlns` left out.
    pub(super) attributes: Vec<(Box<str>, String)>,
}

/// What comes next. Every `Open` has its `Close`; `End` comes once, behind the root's.
#[derive(Debug)]
pub(super) enum Step {
    Open(Tag),
    Text(String),
    Close,
    End,
}

pub(super) struct Walk {
    reader: NsReader<Source>,
    buffer: Vec<u8>,
    limits: Limits,
    depth: usize,
    most: usize,
    events: u64,
    rooted: bool,
}

impl Walk {
    /// Over text without mark and declaration.
    pub(super) fn new(source: Source, limits: Limits) -> Self {
        let mut reader = NsReader::from_reader(source);
        let config = reader.config_mut();
        config.expand_empty_elements = true;
        config.check_comments = true;
        Self {
            reader,
            buffer: Vec::new(),
            limits,
            depth: 0,
            most: limits.depth.min(DEPTH_MAX),
            events: 0,
            rooted: false,
        }
    }

    /// Bytes of the text gone through so far.
    pub(super) fn at(&self) -> u64 {
        self.reader.buffer_position()
    }

    /// A record begins or ends: what was counted before is over.
    pub(super) fn recount(&mut self) {
        self.events = 0;
    }

    /// Bytes of memory for what was read.
    #[cfg(test)]
    pub(super) fn held(&self) -> usize {
        self.buffer.capacity() + self.reader.get_ref().held()
    }

    /// What is read from.
    pub(super) fn into_source(self) -> Source {
        self.reader.into_inner()
    }

    /// The next step.
    pub(super) fn next(&mut self) -> Result<Step, Finding> {
        loop {
            let begin = self.at();
            match self.step() {
                Ok(Some(step)) => return Ok(step),
                Ok(None) => {}
                Err(_) if self.reader.get_ref().is_short() => return Err(self.too_long(begin)),
                Err(finding) if finding.place.byte.is_none() => return Err(finding.byte(begin)),
                Err(finding) => return Err(finding),
            }
        }
    }

    /// What is said of a tag, text or comment that is larger than a record may be: of a tag rather why.
    fn too_long(&self, begin: u64) -> Finding {
        let sound = str::from_utf8(&self.buffer).map_or_else(|e| e.valid_up_to(), str::len);
        let seen = self.buffer.get(..sound).and_then(|b| str::from_utf8(b).ok());
        let tag = seen
            .and_then(|s| s.strip_prefix('<'))
            .filter(|s| !s.starts_with(['!', '?']));
        let tag = tag.map(|t| BytesStart::from_content(t, t.find(is_space).unwrap_or(t.len())));
        if tag.is_some_and(|t| t.attributes().flatten().nth(ATTRIBUTES_MAX).is_some()) {
            return wrong(&format!("属性 attributes > {ATTRIBUTES_MAX}")).byte(begin);
        }
        let limit = self.limits.record_bytes;
        fault::too_large(format!(">{limit}"), limit, "limits.record_bytes")
    }

    fn step(&mut self) -> Result<Option<Step>, Finding> {
        self.events += 1;
        if self.events > EVENTS_MAX {
            return Err(wrong(&format!("标记 events > {EVENTS_MAX}")));
        }
        self.buffer.clear();
        self.reader.get_mut().begin();
        let (namespace, event) = match self.reader.read_resolved_event_into(&mut self.buffer) {
            Ok((resolved, event)) => (owned(resolved), event),
            Err(error) => {
                let at = self.reader.error_position();
                return Err(told(&error).byte(at));
            }
        };
        match event {
            Event::Start(start) => {
                if self.depth == 0 && self.rooted {
                    return Err(wrong("结尾之后 after the end"));
                }
                self.rooted = true;
                self.depth += 1;
                if self.depth > self.most {
                    return Err(fault::too_large(format!(">{}", self.most), self.most, "limits.depth"));
                }
                let namespace = namespace.ok_or_else(|| wrong("命名空间 namespace"))?;
                tag(namespace, &start).map(|t| Some(Step::Open(t)))
            }
            Event::End(_) => {
                self.depth = self.depth.saturating_sub(1);
                Ok(Some(Step::Close))
            }
            Event::Text(text) if text.contains("]]>") => Err(wrong("]]>")),
            Event::Text(text) => piece(self.depth, text.xml10_content().into_owned()),
            Event::CData(text) if self.depth > 0 => piece(self.depth, text.xml10_content().into_owned()),
            Event::GeneralRef(reference) => {
                let char = referred(&reference)?;
                piece(self.depth, char.to_string())
            }
            Event::Comment(_) | Event::PI(_) => Ok(None),
            Event::DocType(_) => Err(Finding::new(Code::EDtd)),
            Event::Decl(_) | Event::CData(_) | Event::Empty(_) => Err(wrong("不该在此 out of place")),
            Event::Eof if self.depth > 0 || !self.rooted => Err(wrong("未结束 not ended")),
            Event::Eof => Ok(Some(Step::End)),
        }
    }
}

/// A piece of a value; outside the root only space may stand.
fn piece(depth: usize, text: String) -> Result<Option<Step>, Finding> {
    if !text.chars().all(is_char) {
        return Err(wrong("字符 character"));
    }
    if depth > 0 {
        return Ok(Some(Step::Text(text)));
    }
    if text.chars().all(is_space) {
        return Ok(None);
    }
    Err(wrong("元素之外的文本 text outside"))
}

fn owned(resolved: ResolveResult<'_>) -> Option<Option<Box<str>>> {
    match resolved {
        ResolveResult::Unbound => Some(None),
        ResolveResult::Bound(namespace) => Some(Some(namespace.0.into())),
        ResolveResult::Unknown(_) => None,
    }
}

fn tag(namespace: Option<Box<str>>, start: &BytesStart<'_>) -> Result<Tag, Finding> {
    let written = start.name().0;
    if !is_sound(written) {
        return Err(wrong("元素名 element name"));
    }
    let mut attributes = Vec::new();
    for (count, attribute) in start.attributes().enumerate() {
        if count == ATTRIBUTES_MAX {
            return Err(wrong(&format!("属性 attributes > {ATTRIBUTES_MAX}")));
        }
        let attribute = attribute.map_err(|_| wrong("属性 attribute"))?;
        let name = attribute.key.0;
        let value = attribute
            .normalized_value(XmlVersion::Explicit1_0)
            .map_err(|e| told(&e))?;
        if !is_sound(name) || attribute.value.contains('<') || !value.chars().all(is_char) {
            return Err(wrong("属性 attribute"));
        }
        if name != "xmlns" && !name.contains(':') {
            attributes.push((name.into(), value.into_owned()));
        }
    }
    Ok(Tag {
        namespace,
        local: start.local_name().into_inner().into(),
        written: written.into(),
        attributes,
    })
}

/// The character a reference stands for: by its number, or one of the five every document knows.
fn referred(reference: &BytesRef<'_>) -> Result<char, Finding> {
    if reference.is_char_ref() {
        let char = reference.resolve_char_ref().ok().flatten();
        return char.filter(|c| is_char(*c)).ok_or_else(|| wrong("字符 character"));
    }
    match &**reference {
        "lt" => Ok('<'),
        "gt" => Ok('>'),
        "amp" => Ok('&'),
        "apos" => Ok('\''),
        "quot" => Ok('"'),
        _ => Err(Finding::new(Code::EDtd)),
    }
}

/// What the parser says, without the names and values it repeats.
fn told(error: &Error) -> Finding {
    match error {
        Error::Escape(_) => Finding::new(Code::EDtd),
        Error::Syntax(_) => wrong("语法 syntax"),
        Error::IllFormed(_) => wrong("标记不配对 unmatched"),
        Error::InvalidAttr(_) => wrong("属性 attribute"),
        Error::Namespace(_) => wrong("命名空间 namespace"),
        Error::Io(_) | Error::Encoding(_) => wrong("编码 encoding"),
    }
}

fn wrong(what: &str) -> Finding {
    fault::structure("XML", what)
}
