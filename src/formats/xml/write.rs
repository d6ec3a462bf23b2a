//! XML out: the same bytes for the same rows; no character is replaced by a reference to it because an encoding lacks it.

use super::OWN_TEXT;
use super::name::{is_char, is_sound};
use crate::encoding::Encoding;
use crate::json::LIST_SEPARATOR;
use crate::text::wrong_mark;
use crate::{RowWriter, fault};
use model::{Code, Finding, Header, Row};

/// A constant element: a head's field, a count.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Element {
    /// Its name, prefix included.
    pub name: Box<str>,
    /// What it holds.
    pub content: Content,
}

/// What a constant element holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Content {
    /// Text; empty text makes an empty element.
    Text(Box<str>),
    /// Elements, in this order.
    Elements(Vec<Element>),
}

impl Element {
    /// An element with text.
    pub fn text(name: &str, text: impl Into<Box<str>>) -> Self {
        Self {
            name: name.into(),
            content: Content::Text(text.into()),
        }
    }
    /// An element with elements.
    pub fn of(name: &str, elements: impl IntoIterator<Item = Element>) -> Self {
        Self {
            name: name.into(),
            content: Content::Elements(elements.into_iter().collect()),
        }
    }
}

/// The start of an element that is written around others.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tag {
    /// Its name, prefix included.
    pub name: Box<str>,
    /// Its attributes in this order, `xmlns` and `xmlns:…` among them.
    pub attributes: Vec<(Box<str>, Box<str>)>,
    /// Constant elements right behind its start.
    pub head: Vec<Element>,
}

impl Tag {
    /// Without attributes or head.
    pub fn new(name: &str) -> Self {
        Self {
            name: name.into(),
            attributes: Vec::new(),
            head: Vec::new(),
        }
    }
    /// With one more attribute.
    #[must_use]
    pub fn attribute(mut self, name: &str, value: impl Into<Box<str>>) -> Self {
        self.attributes.push((name.into(), value.into()));
        self
    }
    /// With one more constant element.
    #[must_use]
    pub fn head(mut self, element: Element) -> Self {
        self.head.push(element);
        self
    }
}

/// How rows are written.
#[derive(Clone, Debug)]
pub struct XmlWriteOptions {
    /// The encoding, declared in the first line.
    pub encoding: Encoding,
    /// Whether the encoding's mark stands before it, where it has one. `utf-16` always begins with it.
    pub bom: bool,
    /// Elements around all records, outermost first.
    pub around: Vec<Tag>,
    /// The element of one record.
    pub record: Tag,
    /// What stands before the colon in the names of fields; the record's or an outer tag declares it.
    pub prefix: Option<Box<str>>,
    /// Whether absent values are written as empty elements. They are left out otherwise.
    pub empty_elements: bool,
    /// Fields whose cell holds several values with [`LIST_SEPARATOR`] between them, written as repeated elements.
    pub lists: Vec<Box<str>>,
}

impl XmlWriteOptions {
    /// Records of this element, nothing around them.
    pub fn new(encoding: Encoding, record: Tag) -> Self {
        Self {
            encoding,
            bom: false,
            around: Vec::new(),
            record,
            prefix: None,
            empty_elements: false,
            lists: Vec::new(),
        }
    }
}

/// Writes XML without line ends but the one behind the declaration.
///
/// A field `@name` becomes an attribute of the record (or, behind dots, of an element inside it), dots nest elements, and
/// [`OWN_TEXT`] is the record's own text. An empty element is read as absent: this format does not tell the two apart.
pub struct XmlWriter {
    header: Header,
    options: XmlWriteOptions,
    root: Node,
}

/// What is written for an element: attributes, text and elements inside, each cell by its slot.
#[derive(Default)]
struct Node {
    attributes: Vec<(Box<str>, usize)>,
    text: Option<(usize, bool)>,
    elements: Vec<(Box<str>, Node)>,
}

impl XmlWriter {
    /// For rows of this header.
    ///
    /// # Errors
    /// Names XML does not know, names that exclude each other, constants that cannot be written, a mark before an
    /// encoding that has none.
    pub fn new(header: Header, options: XmlWriteOptions) -> Result<Self, Finding> {
        let mut root = Node::default();
        for (slot, name) in header.names().iter().enumerate() {
            let list = options.lists.contains(name);
            if !root.insert(name, slot, list) {
                return Err(fault::structure("字段名 field name", fault::shown(name)));
            }
        }
        let taken = |(name, _): &(Box<str>, usize)| options.record.attributes.iter().any(|(n, _)| n == name);
        if !root.is_writable() || root.attributes.iter().any(taken) {
            return Err(fault::structure(
                "字段名 field name",
                fault::shown(&options.record.name),
            ));
        }
        if options.bom && options.encoding.mark().is_empty() {
            return Err(wrong_mark("标记 a mark", options.encoding));
        }
        if options.prefix.as_ref().is_some_and(|p| !is_sound(p) || p.contains(':')) {
            return Err(fault::structure(
                "前缀 prefix",
                fault::shown(options.prefix.as_deref().unwrap_or("")),
            ));
        }
        let mut writer = Self { header, options, root };
        // Constants are judged once, here: later only rows can be at fault.
        writer.begin(&mut Vec::new())?;
        Self::start(&writer.options.record, &[]).and_then(|text| writer.encoded(&text))?;
        Ok(writer)
    }

    fn qualified(&self, name: &str) -> String {
        match &self.options.prefix {
            Some(prefix) => format!("{prefix}:{name}"),
            None => name.to_owned(),
        }
    }

    /// A tag's start without its last `>`, so that it can still end as an empty element.
    fn start(tag: &Tag, more: &[(&str, &str)]) -> Result<String, Finding> {
        let mut text = format!("<{}", sound(&tag.name)?);
        let constant = tag.attributes.iter().map(|(n, v)| (&**n, &**v));
        for (name, value) in constant.chain(more.iter().copied()) {
            let value = escaped(value, true).ok_or_else(|| unwritable(name))?;
            text.push_str(&format!(" {}=\"{value}\"", sound(name)?));
        }
        Ok(text)
    }

    fn encoded(&self, text: &str) -> Result<Vec<u8>, Finding> {
        self.options
            .encoding
            .encode(text)
            .map_err(|u| u.finding(self.options.encoding, "XML"))
    }

    /// One row as one element.
    ///
    /// # Errors
    /// Everything that is wrong with the row.
    pub fn element(&self, row: &Row) -> Result<Vec<u8>, Vec<Finding>> {
        if row.cells.len() != self.header.len() {
            let detail = format!("{} ≠ {}", row.cells.len(), self.header.len());
            return Err(vec![fault::structure("字段数 fields", detail).row(row.line)]);
        }
        let findings = self.judge(row);
        if !findings.is_empty() {
            return Err(findings);
        }
        let one = |f: Finding| vec![f.row(row.line)];
        let own = self.attributes(&self.root, row);
        let start = Self::start(&self.options.record, &own).map_err(one)?;
        let mut inside = String::new();
        for element in &self.options.record.head {
            constant(element, &mut inside).map_err(one)?;
        }
        self.inside(&self.root, row, &mut inside);
        let mut text = String::new();
        close(&mut text, start, &self.options.record.name, &inside);
        self.encoded(&text).map_err(one)
    }

    /// Every cell that cannot be written, by its column.
    fn judge(&self, row: &Row) -> Vec<Finding> {
        let mut findings = Vec::new();
        for (name, cell) in self.header.names().iter().zip(&row.cells) {
            let Some(cell) = cell else { continue };
            let list = self.options.lists.contains(name);
            let sound = |c: char| is_char(c) || (list && c == LIST_SEPARATOR);
            if !cell.chars().all(sound) {
                findings.push(fault::at(Code::ECharset, row.line, name));
                continue;
            }
            let text = cell.replace(LIST_SEPARATOR, "");
            if let Err(unmappable) = self.options.encoding.encoded_len(&text) {
                findings.push(unmappable.finding(self.options.encoding, name).row(row.line));
            }
        }
        findings
    }

    fn attributes<'r>(&self, node: &'r Node, row: &'r Row) -> Vec<(&'r str, &'r str)> {
        let cell = |(name, slot): &'r (Box<str>, usize)| row.get(*slot).map(|value| (&**name, value));
        node.attributes.iter().filter_map(cell).collect()
    }

    fn inside(&self, node: &Node, row: &Row, out: &mut String) {
        if let Some(text) = node.text.and_then(|(slot, _)| row.get(slot)) {
            out.push_str(&plain(text, false));
        }
        for (name, child) in &node.elements {
            let name = self.qualified(name);
            match child.text.and_then(|(slot, list)| row.get(slot).filter(|_| list)) {
                Some(values) => {
                    for value in values.split(LIST_SEPARATOR) {
                        close(out, format!("<{name}"), &name, &plain(value, false));
                    }
                }
                None => self.child(&name, child, row, out),
            }
        }
    }

    fn child(&self, name: &str, child: &Node, row: &Row, out: &mut String) {
        let attributes = self.attributes(child, row);
        let mut start = format!("<{name}");
        for (attribute, value) in &attributes {
            start.push_str(&format!(" {attribute}=\"{}\"", plain(value, true)));
        }
        let mut inside = String::new();
        self.inside(child, row, &mut inside);
        let there = child
            .text
            .is_some_and(|(slot, _)| self.options.empty_elements || row.get(slot).is_some());
        if there || !inside.is_empty() || !attributes.is_empty() {
            close(out, start, name, &inside);
        }
    }
}

impl RowWriter for XmlWriter {
    fn begin(&mut self, out: &mut Vec<u8>) -> Result<(), Finding> {
        let word = self.options.encoding.word().to_ascii_uppercase();
        let mut text = format!("<?xml version=\"1.0\" encoding=\"{word}\"?>\n");
        for tag in &self.options.around {
            text.push_str(&Self::start(tag, &[])?);
            text.push('>');
            for element in &tag.head {
                constant(element, &mut text)?;
            }
        }
        let bytes = self.encoded(&text)?;
        if self.options.bom || self.options.encoding == Encoding::Utf16 {
            out.extend_from_slice(self.options.encoding.mark());
        }
        out.extend_from_slice(&bytes);
        Ok(())
    }

    fn row(&mut self, row: &Row, out: &mut Vec<u8>) -> Result<(), Vec<Finding>> {
        out.extend_from_slice(&self.element(row)?);
        Ok(())
    }

    fn end(&mut self, out: &mut Vec<u8>) -> Result<(), Finding> {
        let mut text = String::new();
        for tag in self.options.around.iter().rev() {
            text.push_str(&format!("</{}>", tag.name));
        }
        out.extend_from_slice(&self.encoded(&text)?);
        Ok(())
    }
}

impl Node {
    /// No text beside elements, and no attribute that every repetition of an element would have to share.
    fn is_writable(&self) -> bool {
        let repeated = self.text.is_some_and(|(_, list)| list) && !self.attributes.is_empty();
        let mixed = self.text.is_some() && !self.elements.is_empty();
        !repeated && !mixed && self.elements.iter().all(|(_, node)| node.is_writable())
    }

    fn insert(&mut self, path: &str, slot: usize, list: bool) -> bool {
        if path == OWN_TEXT {
            let free = self.text.is_none();
            self.text = Some((slot, false));
            return free && !list;
        }
        let (first, deeper) = match path.split_once('.') {
            Some((first, deeper)) => (first, Some(deeper)),
            None => (path, None),
        };
        if let Some(attribute) = first.strip_prefix('@') {
            let free = !self.attributes.iter().any(|(n, _)| &**n == attribute);
            self.attributes.push((attribute.into(), slot));
            return free && !list && deeper.is_none() && is_sound(attribute) && !attribute.contains(':');
        }
        if !is_sound(first) || first.contains(':') {
            return false;
        }
        let at = self
            .elements
            .iter()
            .position(|(n, _)| &**n == first)
            .unwrap_or_else(|| {
                self.elements.push((first.into(), Self::default()));
                self.elements.len() - 1
            });
        let Some((_, child)) = self.elements.get_mut(at) else {
            return false;
        };
        match deeper {
            // An element has text or elements; either may have attributes.
            Some(deeper) => (child.text.is_none() || deeper.starts_with('@')) && child.insert(deeper, slot, list),
            None => {
                let free = child.text.is_none() && child.elements.is_empty();
                child.text = Some((slot, list));
                free
            }
        }
    }
}

fn sound(name: &str) -> Result<&str, Finding> {
    if is_sound(name) {
        Ok(name)
    } else {
        Err(fault::structure("名称 name", fault::shown(name)))
    }
}

fn constant(element: &Element, out: &mut String) -> Result<(), Finding> {
    let start = format!("<{}", sound(&element.name)?);
    let mut inside = String::new();
    match &element.content {
        Content::Text(value) => {
            inside = escaped(value, false).ok_or_else(|| unwritable(&element.name))?;
        }
        Content::Elements(elements) => {
            for element in elements {
                constant(element, &mut inside)?;
            }
        }
    }
    close(out, start, &element.name, &inside);
    Ok(())
}

/// An element whose start still lacks its `>`.
fn close(out: &mut String, start: String, name: &str, inside: &str) {
    out.push_str(&start);
    if inside.is_empty() {
        out.push_str("/>");
    } else {
        out.push('>');
        out.push_str(inside);
        out.push_str(&format!("</{name}>"));
    }
}

fn escaped(text: &str, attribute: bool) -> Option<String> {
    text.chars().all(is_char).then(|| plain(text, attribute))
}

fn unwritable(name: &str) -> Finding {
    fault::structure("字符 character", fault::shown(name))
}

/// Escapes what would be markup, and line ends and tabs where a reader would change them.
fn plain(text: &str, attribute: bool) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '\r' => out.push_str("&#13;"),
            '"' if attribute => out.push_str("&quot;"),
            '\n' if attribute => out.push_str("&#10;"),
            '\t' if attribute => out.push_str("&#9;"),
            c => out.push(c),
        }
    }
    out
}
