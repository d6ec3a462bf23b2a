//! A fetched file as the rows of an offer: the format's rows, then the marker's count; or the reason why there are none.

use crate::format::{self, Files};
use crate::settings::{Empty, FeedSettings};
use formats::{Input, Marker, RowReader};
use model::{Code, Finding, Header};
use port::{Context, Declared, RowSource, Taken};

/// A file of a feed, as far as it can be opened.
pub struct Found {
    pub rows: Box<dyn RowSource>,
    pub declared: Declared,
}

/// Opens a file of a feed. One that cannot be read says why at the first `next`; what it declares is told all the same.
pub fn open(
    files: Files<'_>,
    context: &Context,
    feed: &FeedSettings,
    name: &str,
    (input, bytes): (Input, u64),
    marker: Option<Marker>,
) -> Found {
    let opened = layout_of(context, &feed.feed)
        .and_then(|layout| format::open(files, input, layout, feed.records.as_deref(), bytes));
    let head = opened.as_ref().ok().and_then(|o| o.head.clone());
    let mut declared = files.declared(head.as_ref(), name, feed.answers.as_deref());
    declared.rows = marker.as_ref().map(|m| m.rows);
    let rows: Box<dyn RowSource> = match opened {
        Ok(opened) => {
            let mut counted = Counted::new(opened.reader, marker, name.to_owned());
            counted.may_be_empty = feed.empty == Empty::Ok;
            Box::new(counted)
        }
        Err(why) => Box::new(Refused::new(why, name)),
    };
    Found { rows, declared }
}

/// A file of a feed that is not opened at all.
pub fn refuse(files: Files<'_>, feed: &FeedSettings, name: &str, why: Finding) -> Found {
    Found {
        declared: files.declared(None, name, feed.answers.as_deref()),
        rows: Box::new(Refused::new(why, name)),
    }
}

/// The layout of a feed's rows.
pub fn layout_of<'a>(context: &'a Context, feed: &str) -> Result<&'a model::define::Layout, Finding> {
    let known = context.channel.feeds.iter().find(|f| f.name == feed);
    known.and_then(|f| context.layout(&f.layout)).ok_or_else(|| {
        Finding::new(Code::SChannelSetting)
            .with("setting", format!("in.feeds {feed}"))
            .with("detail", "没有布局 has no layout")
    })
}

/// Rows whose number is judged by the marker at the end.
pub struct Counted {
    reader: Box<dyn RowReader>,
    marker: Option<Marker>,
    warnings: Vec<Finding>,
    /// What refused the file; said again to whoever asks again.
    refused: Option<Finding>,
    name: String,
    may_be_empty: bool,
}

impl Counted {
    /// The rows of a file whose bytes the marker has vouched for; a file that a person brings has none.
    pub fn new(reader: Box<dyn RowReader>, marker: Option<Marker>, name: String) -> Self {
        Self {
            reader,
            marker,
            warnings: Vec::new(),
            refused: None,
            name,
            may_be_empty: true,
        }
    }

    fn step(&mut self) -> Result<Option<Taken>, Finding> {
        let taken = self.reader.next()?;
        let room = formats::limits::WARNINGS_KEPT.saturating_sub(self.warnings.len());
        self.warnings.extend(self.reader.warnings().into_iter().take(room));
        match taken {
            Some(formats::Taken::Row(row)) => Ok(Some(Taken::Row(row))),
            Some(formats::Taken::Bad { line, findings }) => Ok(Some(Taken::Bad { line, findings })),
            None => {
                let counts = self.reader.counts();
                let judged = self
                    .marker
                    .as_ref()
                    .map_or(Ok(()), |m| m.check_rows(counts.rows + counts.bad));
                judged?;
                match counts.rows + counts.bad {
                    0 if !self.may_be_empty => Err(Finding::new(Code::EEmpty)),
                    _ => Ok(None),
                }
            }
        }
    }
}

impl RowSource for Counted {
    fn header(&self) -> &Header {
        self.reader.header()
    }

    fn next(&mut self) -> Result<Option<Taken>, Finding> {
        if let Some(finding) = &self.refused {
            return Err(finding.clone());
        }
        self.step().map_err(|finding| {
            let finding = finding.file(self.name.as_str());
            self.refused = Some(finding.clone());
            finding
        })
    }

    fn warnings(&self) -> Vec<Finding> {
        self.warnings.clone()
    }
}

/// A batch that cannot be read, and why.
pub struct Refused {
    header: Header,
    why: Finding,
}

impl Refused {
    /// Says why at the first `next`, and at every later one.
    pub fn new(why: Finding, name: &str) -> Self {
        Self {
            header: Header::new(Vec::<Box<str>>::new()),
            why: why.file(name),
        }
    }
}

impl RowSource for Refused {
    fn header(&self) -> &Header {
        &self.header
    }

    fn next(&mut self) -> Result<Option<Taken>, Finding> {
        Err(self.why.clone())
    }
}
