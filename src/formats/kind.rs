//! What bytes really are, whatever their name says.
//!
//! Old systems save web pages as `.xls`, and clerks rename what will not open. Whoever is told "not a workbook" looks at
//! the name and sees nothing wrong; so the message says what it is instead.

/// What a file is, as far as its first bytes and its entries can say.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Kind {
    /// No byte at all.
    Empty,
    /// A workbook of Excel 2007 and later.
    Xlsx,
    /// The same with macros.
    Xlsm,
    /// The binary one of the same age.
    Xlsb,
    /// A workbook of Excel 97 to 2003.
    Xls,
    /// An OpenDocument spreadsheet.
    Ods,
    /// A word processor's document.
    Docx,
    /// An archive that is none of these.
    Zip,
    /// A compound file that is no workbook.
    Compound,
    /// A dBase table.
    Dbf,
    /// A web page.
    Html,
    /// The XML that Excel 2003 writes.
    ExcelXml,
    /// XML.
    Xml,
    /// JSON.
    Json,
    /// PDF.
    Pdf,
    /// A picture.
    Picture,
    /// A packed file that is no zip.
    Packed,
    /// Plain text, CSV among it.
    Text,
    /// Nothing we know.
    Unknown,
}

/// Bytes that are looked at.
const LOOKED_AT: usize = 4096;

impl Kind {
    /// By the first bytes. An archive is [`Kind::Zip`] and a compound file [`Kind::Compound`] until their entries were
    /// looked at.
    pub fn of(bytes: &[u8]) -> Self {
        let head = bytes.get(..LOOKED_AT).unwrap_or(bytes);
        let begins = |with: &[&[u8]]| with.iter().any(|magic| head.starts_with(magic));
        if head.is_empty() {
            Self::Empty
        } else if begins(&[b"PK\x03\x04", b"PK\x05\x06"]) {
            Self::Zip
        } else if begins(&[b"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1"]) {
            Self::Compound
        } else if begins(&[b"%PDF-"]) {
            Self::Pdf
        } else if begins(&[
            b"Rar!\x1A\x07",
            b"7z\xBC\xAF\x27\x1C",
            b"\x1F\x8B",
            b"BZh",
            b"\xFD7zXZ\0",
        ]) {
            Self::Packed
        } else if begins(&[b"\x89PNG\r\n", b"\xFF\xD8\xFF", b"GIF8", b"BM\x36", b"II*\0", b"MM\0*"]) {
            Self::Picture
        } else if is_dbf(head) {
            Self::Dbf
        } else {
            by_text(head)
        }
    }

    /// What a person calls it, in both languages.
    pub fn words(self) -> &'static str {
        match self {
            Self::Empty => "空文件 an empty file",
            Self::Xlsx => "Excel工作簿 an Excel workbook (.xlsx)",
            Self::Xlsm => "带宏的Excel工作簿 an Excel workbook with macros (.xlsm)",
            Self::Xlsb => "Excel二进制工作簿 a binary Excel workbook (.xlsb)",
            Self::Xls => "Excel 97–2003工作簿 an Excel 97–2003 workbook (.xls)",
            Self::Ods => "OpenDocument表格 an OpenDocument spreadsheet (.ods)",
            Self::Docx => "文字处理文档 a word processor's document",
            Self::Zip => "压缩包 a zip archive",
            Self::Compound => "OLE复合文档 a compound file",
            Self::Dbf => "DBF表 a dBase table",
            Self::Html => "网页 a web page (HTML)",
            Self::ExcelXml => "Excel 2003 XML表格 an Excel 2003 XML spreadsheet",
            Self::Xml => "XML",
            Self::Json => "JSON",
            Self::Pdf => "PDF",
            Self::Picture => "图片 a picture",
            Self::Packed => "压缩文件 a packed file",
            Self::Text => "纯文本（如CSV） plain text, perhaps CSV",
            Self::Unknown => "无法识别的文件 something unknown",
        }
    }

    /// What an archive is by the names of its entries.
    pub(crate) fn of_archive<'n>(names: impl Iterator<Item = &'n str> + Clone) -> Self {
        let has = |wanted: &str| names.clone().any(|name| name.eq_ignore_ascii_case(wanted));
        let under = |folder: &str| names.clone().any(|name| name.starts_with(folder));
        if has("xl/workbook.bin") {
            Self::Xlsb
        } else if names
            .clone()
            .any(|n| n.to_ascii_lowercase().ends_with("vbaproject.bin"))
        {
            Self::Xlsm
        } else if has("[Content_Types].xml") && under("xl/") {
            Self::Xlsx
        } else if has("[Content_Types].xml") && under("word/") {
            Self::Docx
        } else if has("mimetype") && has("content.xml") {
            Self::Ods
        } else {
            Self::Zip
        }
    }
}

/// A version byte, a day, and room for at least one field.
fn is_dbf(head: &[u8]) -> bool {
    let [version, _, month, day, _, _, _, _, low, high, ..] = head else {
        return false;
    };
    let header = u16::from_le_bytes([*low, *high]);
    matches!(version, 0x02 | 0x03 | 0x30 | 0x31 | 0x43 | 0x83 | 0x8B | 0xF5)
        && (1..=12).contains(month)
        && (1..=31).contains(day)
        && header >= 65
}

fn by_text(head: &[u8]) -> Kind {
    let wide = head.starts_with(b"\xFF\xFE") || head.starts_with(b"\xFE\xFF");
    if !wide && head.contains(&0) {
        return Kind::Unknown;
    }
    let text: Vec<u8> = head
        .strip_prefix(b"\xEF\xBB\xBF")
        .unwrap_or(head)
        .iter()
        .filter(|b| **b != 0)
        .map(u8::to_ascii_lowercase)
        .collect();
    let text = text.trim_ascii_start();
    let holds = |wanted: &[u8]| text.windows(wanted.len()).any(|w| w == wanted);
    let is_page = [b"<!doctype html".as_slice(), b"<html", b"<table", b"<head", b"<meta"]
        .iter()
        .any(|tag| text.starts_with(tag));
    if is_page || (text.starts_with(b"<") && (holds(b"<html") || holds(b"<table>") || holds(b"<table "))) {
        Kind::Html
    } else if holds(b"urn:schemas-microsoft-com:office:spreadsheet") {
        Kind::ExcelXml
    } else if text.starts_with(b"<") {
        Kind::Xml
    } else if text.starts_with(b"{") || text.starts_with(b"[") {
        Kind::Json
    } else if wide
        || text
            .iter()
            .all(|b| *b >= b' ' || matches!(b, b'\t' | b'\r' | b'\n' | 0x1A | 0x0C))
    {
        Kind::Text
    } else {
        Kind::Unknown
    }
}

#[cfg(test)]
mod tests;
