//! Envelopes: writing one around a row, and opening the one that comes back. Pure.

use super::settings::{Ops, Precedence, Soap};
use crate::encode::Kind;
use crate::wire::Reply;
use formats::xml::{Many, Name, Path, Precedence as Word, Tag, XmlReadOptions, XmlReader, XmlWriteOptions, XmlWriter};
use formats::{Encoding, Input, RowReader, RowWriter};
use model::define::Layout;
use model::{Code, Finding, Header, Row};
use port::{Encoded, Misfit, Numbers, Outgoing, Part};

/// The namespace of SOAP 1.1 itself.
pub const SOAP: &str = "http://schemas.xmlsoap.org/soap/envelope/";
/// Fields of one record; no result of ours has as many.
const COLUMNS: usize = 512;

/// What every envelope of one interface shares.
#[derive(Clone, Debug)]
pub struct Envelope {
    /// Path of the service.
    pub path: String,
    /// Namespace of its elements.
    pub namespace: String,
    /// What is sent, and what is read where nothing else is declared.
    pub encoding: Encoding,
    precedence: Precedence,
    body_bytes: u64,
}

/// The fields of a response or of a fault, by their dotted names.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Fields(Vec<(Box<str>, Box<str>)>);

/// What came back.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Opened {
    /// The response to the operation.
    Response(Fields),
    /// A `Fault`.
    Fault(Fields),
}

impl Fields {
    /// A field that is there and not empty.
    pub fn get(&self, name: &str) -> Option<&str> {
        self.0.iter().find(|(n, _)| &**n == name).map(|(_, v)| &**v)
    }
}

impl Envelope {
    /// As the settings say.
    pub fn new(soap: &Soap) -> Self {
        Self {
            path: soap.path.clone(),
            namespace: soap.namespace.clone(),
            encoding: soap.encoding.encoding(),
            precedence: soap.precedence,
            body_bytes: soap.limits.body.0,
        }
    }

    /// A writer of envelopes with one element of this name in each.
    pub fn writer(&self, operation: &str, header: Header, lists: Vec<Box<str>>) -> Result<XmlWriter, Finding> {
        let record = Tag::new(&format!("o:{operation}")).attribute("xmlns:o", self.namespace.as_str());
        let envelope = Tag::new("ns2:Envelope").attribute("xmlns:ns2", SOAP);
        let options = XmlWriteOptions {
            around: vec![envelope, Tag::new("ns2:Body")],
            prefix: Some("o".into()),
            lists,
            ..XmlWriteOptions::new(self.encoding, record)
        };
        XmlWriter::new(header, options)
    }

    /// One request.
    pub fn request(&self, operation: &str, fields: &[(&str, &str)]) -> Result<Vec<u8>, Vec<Finding>> {
        let header = Header::new(fields.iter().map(|(name, _)| *name));
        let cells = fields.iter().map(|(_, value)| Some((*value).into())).collect();
        let mut writer = self.writer(operation, header, Vec::new()).map_err(|f| vec![f])?;
        written(&mut writer, &Row { line: 1, cells })
    }

    /// The records at a path inside the body: their names from the operation's own element on.
    pub fn read(&self, bytes: &[u8], charset: &str, inside: &[&str], many: Many) -> Result<XmlReader, Finding> {
        let soap = ["Envelope", "Body"].map(|n| Name::of(SOAP, n));
        let own = inside.iter().map(|n| Name::of(&self.namespace, n));
        self.open(bytes, charset, Path::new(soap.into_iter().chain(own)), many, Vec::new())
    }

    /// The same for rows with lists in them.
    pub fn read_lists(
        &self,
        bytes: &[u8],
        charset: &str,
        inside: &[&str],
        lists: Vec<Box<str>>,
    ) -> Result<XmlReader, Finding> {
        let soap = ["Envelope", "Body"].map(|n| Name::of(SOAP, n));
        let own = inside.iter().map(|n| Name::of(&self.namespace, n));
        self.open(bytes, charset, Path::new(soap.into_iter().chain(own)), Many::Any, lists)
    }

    fn open(
        &self,
        bytes: &[u8],
        charset: &str,
        records: Path,
        many: Many,
        lists: Vec<Box<str>>,
    ) -> Result<XmlReader, Finding> {
        let header = Encoding::from_word(charset);
        let mut options = XmlReadOptions::new(header.unwrap_or(self.encoding), records, many);
        if self.precedence == Precedence::Header && header.is_some() {
            options.precedence = Word::Options;
        }
        options.lists = lists;
        options.namespaces = vec![self.namespace.as_str().into()];
        options.bom = formats::text::Bom::Accept;
        options.limits.file_bytes = self.body_bytes;
        options.limits.columns = COLUMNS;
        let input: Input = Box::new(std::io::Cursor::new(bytes.to_vec()));
        XmlReader::open(input, options)
    }

    /// A fault, or the response to `operation`; otherwise what is wrong with the answer, in a word.
    pub fn opened(&self, reply: &Reply, operation: &str) -> Result<Opened, String> {
        if !reply.xml {
            return Err("not XML".into());
        }
        let word = |f: Finding| f.code.word().to_owned();
        let fault = Path::new(["Envelope", "Body", "Fault"].map(|n| Name::of(SOAP, n)));
        let mut faults = self
            .open(&reply.body, &reply.charset, fault, Many::Any, Vec::new())
            .map_err(word)?;
        if let Some(fields) = first(&mut faults)? {
            return Ok(Opened::Fault(fields));
        }
        let name = format!("{operation}Response");
        let mut response = self
            .read(&reply.body, &reply.charset, &[&name], Many::One)
            .map_err(word)?;
        let fields = first(&mut response)?;
        fields.map(Opened::Response).ok_or_else(|| "no response".into())
    }
}

fn first(reader: &mut XmlReader) -> Result<Option<Fields>, String> {
    match reader.next().map_err(|f| f.code.word().to_owned())? {
        None => Ok(None),
        Some(formats::Taken::Bad { findings, .. }) => Err(findings.first().map_or("?", |f| f.code.word()).to_owned()),
        Some(formats::Taken::Row(row)) => {
            let names = reader.header().names().iter();
            let fields = names.zip(row.cells).filter_map(|(n, c)| c.map(|c| (n.clone(), c)));
            Ok(Some(Fields(fields.collect())))
        }
    }
}

fn written(writer: &mut XmlWriter, row: &Row) -> Result<Vec<u8>, Vec<Finding>> {
    let mut out = Vec::new();
    writer.begin(&mut out).map_err(|f| vec![f])?;
    writer.row(row, &mut out)?;
    writer.end(&mut out).map_err(|f| vec![f])?;
    Ok(out)
}

/// Fields of a layout that hold several values.
pub fn lists(layout: &Layout) -> Vec<Box<str>> {
    let lists = layout.fields.iter().filter(|f| Kind::of(f) == Some(Kind::List));
    lists.map(|f| f.name.as_str().into()).collect()
}

/// Encodes every row as an envelope of its own, or names every row that does not fit.
pub fn encode(
    envelope: &Envelope,
    ops: &Ops,
    rows: &Outgoing,
    numbers: &Numbers,
    largest: u64,
) -> Result<Encoded, Vec<Misfit>> {
    let mut parts = Vec::new();
    let mut misfits = Vec::new();
    for (i, (row, record)) in rows.rows.iter().zip(&rows.records).enumerate() {
        let operation = ops.element(record.op);
        let bytes = envelope
            .writer(operation, rows.header.clone(), lists(&rows.layout))
            .map_err(|f| vec![f.row(row.line)])
            .and_then(|mut writer| written(&mut writer, row))
            .and_then(|bytes| fits(bytes, largest, row.line));
        match bytes {
            Ok(bytes) => parts.push(Part {
                name: operation.to_owned(),
                bytes,
                records: i..i + 1,
            }),
            Err(findings) => misfits.push(Misfit { record: i, findings }),
        }
    }
    if !misfits.is_empty() {
        return Err(misfits);
    }
    let number = format!("{}-{}-{:06}", numbers.dept, numbers.day.strftime("%Y%m%d"), numbers.seq);
    Ok(Encoded { number, parts })
}

fn fits(bytes: Vec<u8>, largest: u64, line: u64) -> Result<Vec<u8>, Vec<Finding>> {
    if bytes.len() as u64 <= largest {
        return Ok(bytes);
    }
    let finding = Finding::new(Code::ETooLarge)
        .with("found", bytes.len())
        .with("limit", largest)
        .with("setting", "max_batch_bytes");
    Err(vec![finding.row(line)])
}
