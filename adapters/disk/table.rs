//! Layouts as DBF tables: kinds out of their words, rows into bytes, bytes into rows.

use crate::cap::Cap;
use formats::dbf::{DbfField, DbfKind, DbfReadOptions, DbfReader, DbfWriteOptions, DbfWriter};
use formats::{Columns, Encoding, Extra, Input, Limits, RowWriter as _};
use jiff::civil::Date;
use model::define::{Layout, Meaning};
use model::{Code, Finding, Header};
use port::{Misfit, Outgoing, Unencoded};

/// `C80`, `N16.2`, `D`.
pub(crate) fn kind(word: &str) -> Option<DbfKind> {
    if word == "D" {
        return Some(DbfKind::Date);
    }
    let number = |text: &str| {
        text.parse::<u8>()
            .ok()
            .filter(|_| text.bytes().all(|b| b.is_ascii_digit()))
    };
    if let Some(width) = word.strip_prefix('C') {
        return number(width)
            .filter(|w| (1..=254).contains(w))
            .map(|width| DbfKind::Text { width });
    }
    let (width, scale) = word.strip_prefix('N').map(|w| w.split_once('.').unwrap_or((w, "0")))?;
    let (width, scale) = (number(width)?, number(scale)?);
    ((1..=32).contains(&width) && (scale == 0 || scale + 1 < width)).then_some(DbfKind::Number { width, scale })
}

/// The decimals of a kind, where it is a number.
pub(crate) fn scale(word: &str) -> Option<u8> {
    match kind(word) {
        Some(DbfKind::Number { scale, .. }) => Some(scale),
        _ => None,
    }
}

/// Whether DBF can have a field of this name.
pub(crate) fn is_name(name: &str) -> bool {
    let mut bytes = name.bytes();
    (1..=10).contains(&name.len())
        && bytes.next().is_some_and(|b| b.is_ascii_uppercase())
        && bytes.all(|b| b.is_ascii_uppercase() || b.is_ascii_digit() || b == b'_')
}

fn encoding(layout: &Layout) -> Result<Encoding, Finding> {
    Encoding::from_word(&layout.encoding).ok_or_else(|| {
        Finding::new(Code::SWord)
            .with("name", &layout.encoding)
            .with("known", "gbk、utf-8、gb18030")
    })
}

fn fields(header: &Header, layout: &Layout) -> Result<Vec<DbfField>, Finding> {
    let field = |name: &str| {
        let kind = layout
            .fields
            .iter()
            .find(|f| f.name == name)
            .and_then(|f| kind(f.kind.as_deref()?));
        let kind = kind.ok_or_else(|| {
            Finding::new(Code::SChannelSetting)
                .with("setting", format!("{}.{name}.kind", layout.name))
                .with("detail", "C80、N16.2、D")
        })?;
        Ok(DbfField {
            name: name.into(),
            kind,
        })
    };
    header.names().iter().map(|name| field(name)).collect()
}

/// The table of a batch, or every row that does not fit it; nothing is written where it would be larger than the cap.
pub(crate) fn write(out: &Outgoing, day: Date, cap: Cap, sealed: bool) -> Result<Vec<u8>, Unencoded> {
    let whole = |finding: Finding| all(out.rows.len(), &finding);
    let encoding = encoding(&out.layout).map_err(whole)?;
    let fields = fields(&out.header, &out.layout).map_err(whole)?;
    // 0x4D says cp936; no page byte says UTF-8 or GB 18030.
    let code_page = if encoding == Encoding::Gbk { 0x4D } else { 0 };
    let rows = u32::try_from(out.rows.len()).unwrap_or(u32::MAX);
    let mut writer = DbfWriter::new(
        fields,
        DbfWriteOptions {
            encoding,
            code_page,
            date: day,
            rows,
        },
    )
    .map_err(whole)?;
    let (head, record) = writer.lengths();
    cap.judge_table(head, record, out.rows.len(), sealed)?;
    let mut bytes = Vec::new();
    writer.begin(&mut bytes).map_err(whole)?;
    let mut misfits = Vec::new();
    for (record, row) in out.rows.iter().enumerate() {
        if let Err(findings) = writer.row(row, &mut bytes) {
            misfits.push(Misfit { record, findings });
        }
    }
    if !misfits.is_empty() {
        return Err(misfits.into());
    }
    writer.end(&mut bytes).map_err(whole)?;
    Ok(bytes)
}

/// The same misfit for every record: what is wrong is the batch.
pub(crate) fn all(records: usize, finding: &Finding) -> Vec<Misfit> {
    (0..records)
        .map(|record| Misfit {
            record,
            findings: vec![finding.clone()],
        })
        .collect()
}

/// A reader over a 回盘, which has judged header, sizes and columns.
///
/// A column the layout does not know is told and left; one that is missing refuses the file.
pub(crate) fn open(input: Input, bytes: u64, layout: &Layout, max_bytes: u64) -> Result<DbfReader, Finding> {
    let must: Vec<&str> = layout
        .fields
        .iter()
        .filter(|f| f.meaning != Meaning::Ignored && f.aliases.is_empty())
        .map(|f| f.name.as_str())
        .collect();
    let may = layout
        .fields
        .iter()
        .filter(|f| !must.contains(&f.name.as_str()))
        .flat_map(|f| std::iter::once(&f.name).chain(&f.aliases))
        .map(String::as_str);
    let columns = Columns::exactly(must.iter().copied()).optional(may).extra(Extra::Warn);
    let limits = Limits {
        file_bytes: max_bytes,
        ..Limits::default()
    };
    DbfReader::open(
        input,
        bytes,
        DbfReadOptions {
            encoding: encoding(layout)?,
            columns,
            limits,
        },
    )
}
