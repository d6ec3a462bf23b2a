//! Rows to the bytes of a file and its marker, and back. One arm per format.

use crate::settings::FileFormat;
use formats::csv::{CsvReadOptions, CsvReader, CsvWriteOptions, CsvWriter};
use formats::{Columns, Encoding, Input, Limits, Marker, RowReader, RowWriter, digest};
use jiff::civil::DateTime;
use jiff::tz::Offset;
use jiff::{SignedDuration, Timestamp};
use model::define::Layout;
use model::{Code, Finding};
use port::{Misfit, Outgoing};

/// A layout's encoding.
pub fn encoding(layout: &Layout) -> Result<Encoding, Finding> {
    Encoding::from_word(&layout.encoding).ok_or_else(|| {
        Finding::new(Code::SChannelSetting)
            .with("setting", format!("layout {}", layout.name))
            .with("detail", "未知编码 unknown encoding")
    })
}

/// The bytes of a data file. Rows that do not fit are named, all of them, and then nothing is encoded.
pub fn encode(format: FileFormat, rows: &Outgoing) -> Result<Vec<u8>, Vec<Misfit>> {
    let everyone = |finding: Finding| -> Vec<Misfit> {
        (0..rows.records.len())
            .map(|record| Misfit {
                record,
                findings: vec![finding.clone()],
            })
            .collect()
    };
    let encoding = encoding(&rows.layout).map_err(everyone)?;
    let mut writer: Box<dyn RowWriter> = match format {
        FileFormat::Csv => Box::new(CsvWriter::new(rows.header.clone(), CsvWriteOptions::new(encoding))),
    };
    let mut bytes = Vec::new();
    writer.begin(&mut bytes).map_err(everyone)?;
    let mut misfits = Vec::new();
    for (record, row) in rows.rows.iter().enumerate() {
        let mut findings = too_long(rows, record, encoding);
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

/// Fields wider than the layout allows. Values that cannot be encoded at all are the writer's to name.
fn too_long(rows: &Outgoing, record: usize, encoding: Encoding) -> Vec<Finding> {
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
fn civil(at: i64, offset_minutes: i32) -> DateTime {
    let instant = Timestamp::from_millisecond(at).unwrap_or(if at < 0 { Timestamp::MIN } else { Timestamp::MAX });
    let utc = Offset::UTC.to_datetime(instant);
    let shifted = utc.saturating_add(SignedDuration::from_mins(i64::from(offset_minutes)));
    shifted.with().subsec_nanosecond(0).build().unwrap_or(utc)
}

/// Rows out of a data file.
pub fn open(format: FileFormat, input: Input, encoding: Encoding, bytes: u64) -> Result<Box<dyn RowReader>, Finding> {
    let limits = Limits {
        file_bytes: bytes,
        ..Limits::default()
    };
    match format {
        FileFormat::Csv => {
            let mut options = CsvReadOptions::new(encoding);
            options.limits = limits;
            // Which columns there must be, and under which other names, the mapping knows.
            options.columns = Columns::any();
            Ok(Box::new(CsvReader::open(input, options)?))
        }
    }
}
