//! Rows to the bytes of a file and its marker, and back. One arm per format.

use crate::fixed::{self, FixedSettings, LineEnds};
use crate::names;
use crate::settings::{FileFormat, Settings};
use crate::xml::XmlSettings;
use formats::csv::{CsvReadOptions, CsvReader, CsvWriteOptions, CsvWriter};
use formats::fixed::{FixedReadOptions, FixedReader, FixedWriteOptions, FixedWriter, Head};
use formats::json::{JsonReadOptions, JsonReader, JsonWriteOptions, JsonWriter, Records, Whole};
use formats::{Columns, Encoding, Input, Limits, Marker, RowReader, RowWriter, digest};
use jiff::civil::DateTime;
use jiff::tz::Offset;
use jiff::{SignedDuration, Timestamp};
use model::define::Layout;
use model::{Code, Finding};
use port::{Declared, Misfit, Numbers, Outgoing};

/// How a channel's files are written, in one piece.
#[derive(Clone, Copy)]
pub struct Files<'a> {
    format: FileFormat,
    fixed: Option<&'a FixedSettings>,
    xml: Option<&'a XmlSettings>,
}

impl<'a> Files<'a> {
    pub fn of(settings: &'a Settings) -> Self {
        Self {
            format: settings.format(),
            fixed: settings.fixed.as_ref(),
            xml: settings.xml.as_ref(),
        }
    }

    /// What they are.
    pub fn format(self) -> FileFormat {
        self.format
    }

    /// The documents, where the format has such.
    pub fn xml(self) -> Result<&'a XmlSettings, Finding> {
        self.xml.ok_or_else(|| {
            Finding::new(Code::SChannelSetting)
                .with("setting", "xml")
                .with("detail", "必需 needed")
        })
    }

    /// The records, where the format has such.
    fn fixed(self) -> Result<&'a FixedSettings, Finding> {
        self.fixed.ok_or_else(|| {
            Finding::new(Code::SChannelSetting)
                .with("setting", "fixed")
                .with("detail", "必需 needed")
        })
    }

    /// What answers will call a batch of ours: what its head says, or its name.
    pub fn number(self, numbers: &Numbers, name: &str) -> String {
        match (self.format, self.fixed) {
            (FileFormat::Fixed, Some(fixed)) => fixed::number(&fixed::head(fixed, numbers)),
            _ => names::stem(name).to_owned(),
        }
    }

    /// What a file declares, by its head or its name; `answers` is what a receipt's name has after our number.
    pub fn declared(self, head: Option<&Head>, name: &str, answers: Option<&str>) -> Declared {
        match (self.format, head) {
            (FileFormat::Fixed, None) => Declared::default(),
            (FileFormat::Fixed, Some(head)) => Declared {
                number: Some(fixed::number(head)),
                answers: Some(head.answers.clone()).filter(|a| !a.is_empty()),
                rows: None,
            },
            (FileFormat::Csv | FileFormat::Jsonl | FileFormat::Xml, _) => {
                let number = names::stem(name.rsplit('/').next().unwrap_or(name));
                Declared {
                    answers: answers
                        .and_then(|suffix| number.strip_suffix(suffix))
                        .map(str::to_owned),
                    number: Some(number.to_owned()),
                    rows: None,
                }
            }
        }
    }

    /// Whether the format's own tail is at the end of a file, of which these are the last bytes; its records stand at
    /// `records`, or at the usual place.
    pub fn ends(self, last: &[u8], encoding: Encoding, records: Option<&str>) -> bool {
        if let Some(xml) = self.xml {
            return xml.ends(last, encoding, records);
        }
        let record = self.fixed.map_or(0, |f| f.record);
        let last = last.strip_suffix(b"\x1A").unwrap_or(last);
        let last = last.strip_suffix(b"\r\n").or_else(|| last.strip_suffix(b"\n"));
        let tail = last.and_then(|l| l.get(l.len().checked_sub(record)?..));
        tail.is_some_and(|t| t.starts_with(b"T") && !t.contains(&b'\n'))
    }

    /// How many bytes from the end of a file `ends` needs.
    pub fn tail_bytes(self) -> usize {
        match self.xml {
            Some(xml) => xml.tail_bytes(),
            None => self.fixed.map_or(0, |f| f.record) + 3,
        }
    }
}

/// A reader over a file, and what its head says where it has one.
pub struct Opened {
    pub reader: Box<dyn RowReader>,
    pub head: Option<Head>,
}

/// A layout's encoding.
pub fn encoding(layout: &Layout) -> Result<Encoding, Finding> {
    Encoding::from_word(&layout.encoding).ok_or_else(|| {
        Finding::new(Code::SChannelSetting)
            .with("setting", format!("layout {}", layout.name))
            .with("detail", "未知编码 unknown encoding")
    })
}

/// The bytes of a data file. Rows that do not fit are named, all of them, and then nothing is encoded.
pub fn encode(files: Files<'_>, rows: &Outgoing, numbers: &Numbers) -> Result<Vec<u8>, Vec<Misfit>> {
    let everyone = |finding: Finding| -> Vec<Misfit> {
        (0..rows.records.len())
            .map(|record| Misfit {
                record,
                findings: vec![finding.clone()],
            })
            .collect()
    };
    let encoding = encoding(&rows.layout).map_err(everyone)?;
    let mut writer: Box<dyn RowWriter> = match files.format {
        FileFormat::Csv => Box::new(CsvWriter::new(rows.header.clone(), CsvWriteOptions::new(encoding))),
        FileFormat::Jsonl => {
            let options = JsonWriteOptions::new(Whole::Lines);
            Box::new(JsonWriter::new(rows.header.clone(), options).map_err(everyone)?)
        }
        FileFormat::Fixed => Box::new(fixed_writer(files, rows, numbers).map_err(everyone)?),
        // One document per record is `ferry`'s; several in one nobody asks for.
        FileFormat::Xml => return Err(everyone(Finding::new(Code::CNotPossible).with("detail", "xml"))),
    };
    let mut bytes = Vec::new();
    writer.begin(&mut bytes).map_err(everyone)?;
    let mut misfits = Vec::new();
    for (record, row) in rows.rows.iter().enumerate() {
        // A fixed-width field has its own width, and the writer judges it.
        let mut findings = match files.format {
            FileFormat::Csv | FileFormat::Jsonl | FileFormat::Xml => too_long(rows, record, encoding),
            FileFormat::Fixed => Vec::new(),
        };
        if let Err(more) = writer.row(row, &mut bytes) {
            findings.extend(more);
        }
        if !findings.is_empty() {
            misfits.push(Misfit { record, findings });
        }
    }
    if !misfits.is_empty() {
        return Err(misfits);
    }
    writer.end(&mut bytes).map_err(everyone)?;
    Ok(bytes)
}

fn fixed_writer(files: Files<'_>, rows: &Outgoing, numbers: &Numbers) -> Result<FixedWriter, Finding> {
    let fixed = files.fixed()?;
    let options = FixedWriteOptions {
        frame: frame(fixed, &rows.layout)?,
        head: fixed::head(fixed, numbers),
    };
    FixedWriter::new(&rows.header, options)
}

fn frame(fixed: &FixedSettings, layout: &Layout) -> Result<formats::fixed::FixedFrame, Finding> {
    fixed::frame(fixed, layout).map_err(|why| {
        Finding::new(Code::SChannelSetting)
            .with("setting", format!("layout {}", layout.name))
            .with("detail", why)
    })
}

/// Fields wider than the layout allows. Values that cannot be encoded at all are the writer's to name.
pub fn too_long(rows: &Outgoing, record: usize, encoding: Encoding) -> Vec<Finding> {
    let Some(row) = rows.rows.get(record) else {
        return Vec::new();
    };
    let limits = rows
        .layout
        .fields
        .iter()
        .filter_map(|f| Some((f, f.max_bytes?, rows.header.slot(&f.name)?)));
    limits
        .filter_map(|(field, limit, slot)| {
            let found = encoding.encoded_len(row.get(slot)?).ok()?;
            (found > limit as usize).then(|| {
                let finding = Finding::new(Code::ETooLong).row(row.line).column(field.name.as_str());
                finding
                    .with("column", &field.name)
                    .with("found", found)
                    .with("limit", limit)
            })
        })
        .collect()
}

/// The marker that goes with a data file.
pub fn marker(data: &[u8], rows: usize, at: i64, offset_minutes: i32) -> Marker {
    let mut running = digest::Running::new();
    running.update(data);
    Marker::of(running, rows as u64, civil(at, offset_minutes))
}

/// An instant as the clock on the wall shows it. Instants outside the calendar show its nearest end.
pub fn civil(at: i64, offset_minutes: i32) -> DateTime {
    let instant = Timestamp::from_millisecond(at).unwrap_or(if at < 0 { Timestamp::MIN } else { Timestamp::MAX });
    let utc = Offset::UTC.to_datetime(instant);
    let shifted = utc.saturating_add(SignedDuration::from_mins(i64::from(offset_minutes)));
    shifted.with().subsec_nanosecond(0).build().unwrap_or(utc)
}

/// Rows out of a data file.
pub fn open(
    files: Files<'_>,
    input: Input,
    layout: &Layout,
    records: Option<&str>,
    bytes: u64,
) -> Result<Opened, Finding> {
    let limits = Limits {
        file_bytes: bytes,
        ..Limits::default()
    };
    match files.format {
        FileFormat::Csv => {
            let mut options = CsvReadOptions::new(encoding(layout)?);
            options.limits = limits;
            // Which columns there must be, and under which other names, the mapping knows.
            options.columns = Columns::any();
            Ok(Opened {
                reader: Box::new(CsvReader::open(input, options)?),
                head: None,
            })
        }
        FileFormat::Xml => Ok(Opened {
            reader: Box::new(files.xml()?.open(input, layout, records, bytes)?),
            head: None,
        }),
        FileFormat::Jsonl => {
            let mut options = JsonReadOptions::new(Records::Lines);
            options.limits = limits;
            Ok(Opened {
                reader: Box::new(JsonReader::open(input, options)?),
                head: None,
            })
        }
        FileFormat::Fixed => {
            let fixed = files.fixed()?;
            let options = FixedReadOptions {
                frame: frame(fixed, layout)?,
                any_line_end: fixed.line_end == LineEnds::Auto,
                limits,
            };
            let reader = FixedReader::open(input, options)?;
            fixed::judge_head(fixed, reader.head())?;
            Ok(Opened {
                head: Some(reader.head().clone()),
                reader: Box::new(reader),
            })
        }
    }
}
