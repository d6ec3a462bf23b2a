//! `[channel.settings.fixed]`: the records of a fixed-width interface, and a layout's fields as their middle.
//!
//! Head and tail are lists of `word:kind`, what they say and how wide, beginning after the record's letter. The letter
//! of the row records is the layout's first field: a `const` of one capital letter and kind `A1`; every other field
//! has a kind too. A filler at the end need not be written down.

use crate::settings::{FileFormat, Settings};
use formats::Encoding;
use formats::fixed::{FixedField, FixedFrame, FixedKind, Head, Heading, Total};
use model::define::{Layout, Meaning};
use model::{Code, Finding};
use port::Numbers;
use serde::Deserialize;

/// Which line ends come.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum LineEnds {
    /// CR LF, and nothing else.
    #[default]
    Crlf,
    /// CR LF or LF alone; the latter is told once a file.
    Auto,
}

/// The records.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FixedSettings {
    /// Bytes of every record, its line end not counted.
    pub record: usize,
    /// Fields of the head record: `from:A8`, `to:A8`, `date:N8`, `seq:N4`, `answers:N12`.
    pub head: Vec<String>,
    /// Fields of the tail record: `count:N6`, `sum:N18`.
    pub tail: Vec<String>,
    /// What we are called in head records.
    pub us: String,
    /// What the department is called in them.
    pub them: String,
    /// The field that is summed up, in layouts that have it.
    pub sum: Option<String>,
    /// Which line ends come. Ours are always CR LF.
    #[serde(default)]
    pub line_end: LineEnds,
}

/// Whether a head record can say which batch of ours it answers.
pub fn has_answers(settings: &Settings) -> bool {
    let fixed = settings.fixed.as_ref();
    fixed.is_some_and(|f| f.head.iter().any(|word| word.starts_with("answers:")))
}

/// The records of a layout; `None` where the format has no such thing.
///
/// # Errors
/// What cannot be, in both languages.
pub fn frame_of(settings: &Settings, layout: &Layout) -> Result<Option<FixedFrame>, String> {
    match (&settings.fixed, settings.format) {
        (Some(fixed), FileFormat::Fixed) => frame(fixed, layout).map(Some),
        _ => Ok(None),
    }
}

/// The records of a layout.
///
/// # Errors
/// What cannot be, in both languages.
pub fn frame(fixed: &FixedSettings, layout: &Layout) -> Result<FixedFrame, String> {
    let encoding = Encoding::from_word(&layout.encoding).ok_or("未知编码 unknown encoding")?;
    let letter = layout.fields.first().and_then(|first| match &first.meaning {
        Meaning::Const(text) if first.kind.as_deref() == Some("A1") && text.len() == 1 => text.bytes().next(),
        _ => None,
    });
    let rows = letter.ok_or("首字段应为 the first field must be { const = \"D\", kind = \"A1\" }")?;
    let fields = layout.fields.iter().skip(1).map(|field| {
        let kind = field.kind.as_deref().and_then(FixedKind::from_word);
        let kind = kind.ok_or_else(|| format!("{}: kind 应形如 must look like \"A100\" or \"N16\"", field.name))?;
        Ok(FixedField {
            name: field.name.as_str().into(),
            kind,
        })
    });
    let fields = fields.collect::<Result<Vec<_>, String>>()?;
    let has = |name: &String| layout.fields.iter().any(|f| f.name == *name);
    let frame = FixedFrame {
        encoding,
        record: fixed.record,
        head: words(&fixed.head, Heading::from_word, "head")?,
        tail: words(&fixed.tail, Total::from_word, "tail")?,
        rows,
        fields,
        sum: fixed.sum.clone().filter(has).map(Into::into),
    };
    frame.judge().map_err(str::to_owned)?;
    Ok(frame)
}

fn words<W>(list: &[String], known: fn(&str) -> Option<W>, setting: &str) -> Result<Vec<(W, FixedKind)>, String> {
    let one = |text: &String| {
        let (word, kind) = text.split_once(':')?;
        Some((known(word)?, FixedKind::from_word(kind)?))
    };
    let wrong = |text: &String| format!("fixed.{setting}: “{text}” 应形如 must look like \"date:N8\"");
    list.iter().map(|text| one(text).ok_or_else(|| wrong(text))).collect()
}

/// What the head of a batch of ours says.
pub fn head(fixed: &FixedSettings, numbers: &Numbers) -> Head {
    Head {
        from: fixed.us.clone(),
        to: fixed.them.clone(),
        date: numbers.day.strftime("%Y%m%d").to_string(),
        seq: format!("{:04}", numbers.seq),
        answers: String::new(),
    }
}

/// What a batch is called by its head: day and number.
pub fn number(head: &Head) -> String {
    format!("{}{}", head.date, head.seq)
}

/// Whether a head is of their file and for us.
///
/// # Errors
/// `E_WRONG_RECIPIENT`, `E_STRUCTURE`. Names from outside are told only where they can be names.
pub fn judge_head(fixed: &FixedSettings, head: &Head) -> Result<(), Finding> {
    let shown = |name: &str| match !name.is_empty() && name.bytes().all(|b| b.is_ascii_alphanumeric()) {
        true => name.to_owned(),
        false => "?".to_owned(),
    };
    if head.to != fixed.us {
        return Err(Finding::new(Code::EWrongRecipient).with("to", shown(&head.to)));
    }
    if head.from != fixed.them {
        let detail = format!("发送方 sender: {}", shown(&head.from));
        return Err(Finding::new(Code::EStructure).with("detail", detail));
    }
    Ok(())
}

#[cfg(test)]
mod tests;
