//! A layout, resolved once: items, checks, tables and transforms found, so that a row costs no lookup by name.

use crate::chain;
use crate::expr::Expr;
use crate::judge::{Rule, unknown_check};
use crate::transform::{self, Table, Transform, Way};
use formats::Encoding;
use model::check::{Check, Options, by_name, case_no};
use model::define::{CodeTable, Computed, Field, Layout, Meaning};
use model::{Code, Dictionary, Finding, Header, ItemDef, ItemNo, Standing};
use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;

/// How a department writes one kind of record, ready for use. Made once per configuration, shared by all batches.
#[derive(Debug)]
pub struct Compiled {
    pub(crate) name: Box<str>,
    pub(crate) encoding: Encoding,
    pub(crate) slots: Vec<Slot>,
    /// In which order slots are read: those that are judged by another one's value come after it.
    pub(crate) order: Vec<usize>,
    pub(crate) status: Vec<(Box<str>, Standing)>,
    /// Words that ask for a review, in order, with the items they name.
    pub(crate) review: Vec<(Box<str>, Box<[ItemNo]>)>,
    pub(crate) null_words: Vec<Box<str>>,
    pub(crate) options: Options,
    header: Header,
}

/// One field.
#[derive(Debug)]
pub(crate) struct Slot {
    pub(crate) name: Box<str>,
    pub(crate) aliases: Vec<Box<str>>,
    pub(crate) means: Means,
    /// From item to field; where there is none, the transform that cannot be undone.
    pub(crate) out: Result<Vec<Transform>, Box<str>>,
    /// From field to item; likewise.
    pub(crate) back: Result<Vec<Transform>, Box<str>>,
    pub(crate) required: bool,
    pub(crate) max_bytes: Option<u32>,
    pub(crate) check: Option<Check>,
    /// Where the item is worked out from several columns: how, and the column of each of the expression's names. Such a
    /// slot has no column of its own and is never written.
    pub(crate) from: Option<(Expr, Vec<Box<str>>)>,
}

/// What a field stands for, with its item resolved.
#[derive(Debug)]
pub(crate) enum Means {
    Ignored,
    /// The check that the dictionary names for case numbers, which may be none.
    CaseNo(Option<Check>),
    EntClass(Option<Box<Rule>>),
    Item(Box<Rule>),
    Const(Box<str>),
    RowNo,
    MessageId,
    Status,
    StatusVersion,
    ReturnCode,
    Reason,
    SourceSeq,
    ReceiptNo,
    BatchNo,
    Operation,
    ResultDate,
    Matter,
    Attachments,
    Review,
    Secrecy,
    /// Written only: the expression, and for each of its names where the value comes from.
    Computed(Box<Expr>, Vec<Source>),
}

/// What a name of a written expression stands for.
#[derive(Debug)]
pub(crate) enum Source {
    CaseNo,
    EntClass(ItemNo),
    Item(Box<Rule>),
}

impl Source {
    /// The item that the agreement must list. The case number is none: it names, it tells nothing.
    pub(crate) fn item(&self) -> Option<ItemNo> {
        match self {
            Self::CaseNo => None,
            Self::EntClass(item) => Some(*item),
            Self::Item(rule) => Some(rule.item),
        }
    }
}

impl Compiled {
    /// Resolves a layout with the strict defaults of the checks.
    ///
    /// # Errors
    /// Everything in the layout that does not resolve, each with its column: unknown items, transforms, tables, checks,
    /// a column name that stands twice, an unknown encoding.
    pub fn new(layout: &Layout, dictionary: &Dictionary, codes: &[CodeTable]) -> Result<Self, Vec<Finding>> {
        Self::with_options(layout, dictionary, codes, &Options::default())
    }

    /// The same, with what this installation decides differently (zone, area code, pilot codes).
    ///
    /// # Errors
    /// As [`Compiled::new`].
    pub fn with_options(
        layout: &Layout,
        dictionary: &Dictionary,
        codes: &[CodeTable],
        options: &Options,
    ) -> Result<Self, Vec<Finding>> {
        let mut findings = Vec::new();
        let tables = tables(layout, dictionary, codes, &mut findings);
        let find = |name: &str| tables.get(name).cloned();
        findings.extend(names_twice(layout));
        let encoding = Encoding::from_word(&layout.encoding).unwrap_or_else(|| {
            let known: Vec<_> = Encoding::ALL.iter().map(|e| e.word()).collect();
            let finding = Finding::new(Code::SWord)
                .with("name", &layout.encoding)
                .with("known", known.join(", "));
            findings.push(finding.column("encoding"));
            Encoding::Utf8
        });
        let mut slots = Vec::with_capacity(layout.fields.len());
        for field in &layout.fields {
            match slot(field, dictionary, options, &find) {
                Ok(slot) => slots.push(slot),
                Err(wrong) => findings.extend(wrong.into_iter().map(|f| f.column(&*field.name))),
            }
        }
        for computed in &layout.computed {
            match computed_slot(computed, dictionary, options, &find) {
                Ok(slot) => slots.push(slot),
                Err(wrong) => findings.push(wrong.column(column_of(computed))),
            }
        }
        if !findings.is_empty() {
            return Err(findings);
        }
        let mut order: Vec<usize> = (0..slots.len()).collect();
        order.sort_by_key(|at| match &slots[*at].means {
            Means::Item(rule) => rule.document.is_some(),
            means => matches!(means, Means::Status),
        });
        let written = slots.iter().filter(|s| s.is_written()).map(|s| s.name.clone());
        Ok(Self {
            name: layout.name.as_str().into(),
            encoding,
            header: Header::new(written),
            order,
            slots,
            status: layout
                .status
                .iter()
                .map(|(word, standing)| (word.as_str().into(), *standing))
                .collect(),
            review: layout
                .review
                .iter()
                .map(|(word, items)| (word.as_str().into(), items.as_slice().into()))
                .collect(),
            null_words: layout.null_words.iter().map(|word| word.trim().into()).collect(),
            options: options.clone(),
        })
    }

    /// The layout's name within its department.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The columns a written row has, in order; ignored fields are not written.
    pub fn header(&self) -> &Header {
        &self.header
    }

    /// Every column a row can have, written or read, each once.
    pub fn columns(&self) -> impl Iterator<Item = &str> {
        let own = self.slots.iter().filter(|s| s.from.is_none()).map(|s| &*s.name);
        let from = self.slots.iter().filter_map(|s| s.from.as_ref());
        let all: BTreeSet<&str> = own.chain(from.flat_map(|(_, columns)| columns).map(|c| &**c)).collect();
        all.into_iter()
    }

    /// The items it sends, without repeats, by number: exactly those a projection holds.
    pub fn items(&self) -> Vec<ItemNo> {
        self.items_where(|_| true)
    }

    /// Those of them that must not be empty: without them an obligation does not open.
    ///
    /// What only an expression names is not among them: it may do without (`default`). A matter that needs it says so.
    pub fn required_items(&self) -> Vec<ItemNo> {
        self.items_where(|slot| slot.required && !matches!(slot.means, Means::Computed(..)))
    }

    /// Whether a status word is read by the version of the code standard that its row names.
    pub(crate) fn versions_status(&self) -> bool {
        self.slots.iter().any(|slot| matches!(slot.means, Means::StatusVersion))
    }

    fn items_where(&self, wanted: impl Fn(&Slot) -> bool) -> Vec<ItemNo> {
        let sending = self.slots.iter().filter(|s| s.is_written() && wanted(s));
        let items: BTreeSet<ItemNo> = sending.flat_map(Slot::sends).collect();
        items.into_iter().collect()
    }
}

impl Slot {
    /// Whether a written row has a column for it.
    pub(crate) fn is_written(&self) -> bool {
        !matches!(self.means, Means::Ignored | Means::Secrecy | Means::Review) && self.from.is_none()
    }

    /// Whether a row that is read has something for it.
    pub(crate) fn is_read(&self) -> bool {
        !matches!(self.means, Means::Ignored | Means::Computed(..))
    }

    /// The items whose values stand in its column; the class of enterprise is not counted among them.
    fn sends(&self) -> Vec<ItemNo> {
        match &self.means {
            Means::Computed(_, sources) => {
                let items = sources.iter().filter(|source| !matches!(source, Source::EntClass(_)));
                items.filter_map(|source| source.item()).collect()
            }
            _ => self.item().into_iter().collect(),
        }
    }

    pub(crate) fn item(&self) -> Option<ItemNo> {
        match &self.means {
            Means::Item(rule) => Some(rule.item),
            _ => None,
        }
    }
}

/// The tables this layout may use, each sorted both ways. Tables of other departments are not looked at.
fn tables(
    layout: &Layout,
    dictionary: &Dictionary,
    codes: &[CodeTable],
    findings: &mut Vec<Finding>,
) -> HashMap<Box<str>, Arc<Table>> {
    let specs = layout.fields.iter().flat_map(|f| f.out.iter().chain(&f.in_));
    let mut wanted: BTreeSet<&str> = specs.filter_map(|spec| transform::table_of(spec)).collect();
    wanted.extend(dictionary.iter().filter_map(|def| def.codes.as_deref()));
    let mut tables = HashMap::new();
    for table in codes.iter().filter(|t| wanted.contains(t.name.as_str())) {
        match Table::new(table) {
            Ok(sorted) => {
                tables.insert(table.name.as_str().into(), Arc::new(sorted));
            }
            Err(code) => findings.push(Finding::new(Code::STwice).with("name", code).with("first", &table.name)),
        }
    }
    tables
}

/// A column is one field's, unless two fields take different parts of it: `before:：` and `after:：`.
fn names_twice(layout: &Layout) -> Vec<Finding> {
    let mut seen: HashMap<&str, &Field> = HashMap::new();
    let mut findings = Vec::new();
    for field in &layout.fields {
        for name in std::iter::once(&field.name).chain(&field.aliases) {
            match seen.insert(name, field) {
                Some(first) if !are_parts(first, field) => {
                    let finding = Finding::new(Code::STwice).with("name", name).with("first", &first.name);
                    findings.push(finding.column(&*field.name));
                }
                _ => {}
            }
        }
    }
    findings
}

fn are_parts(one: &Field, other: &Field) -> bool {
    let part = |field: &Field| {
        let first = field.in_.first()?;
        first
            .split(':')
            .next()
            .filter(|name| matches!(*name, "before" | "after"))
            .map(str::to_owned)
    };
    matches!((part(one), part(other)), (Some(one), Some(other)) if one != other)
}

fn slot(
    field: &Field,
    dictionary: &Dictionary,
    options: &Options,
    tables: &dyn Fn(&str) -> Option<Arc<Table>>,
) -> Result<Slot, Vec<Finding>> {
    let mut findings = Vec::new();
    let mut keep = |result: Result<Means, Finding>| result.map_err(|finding| findings.push(finding)).ok();
    let rule = |def: &ItemDef| Rule::new(def, dictionary, options, tables).map(Box::new);
    let means = keep(match &field.meaning {
        Meaning::Ignored => Ok(Means::Ignored),
        Meaning::CaseNo => Ok(Means::CaseNo(match dictionary.find("case_no") {
            Some(def) => def.check.as_deref().and_then(by_name),
            None => Some(case_no::check),
        })),
        Meaning::EntClass => dictionary.find("ent_class").map(rule).transpose().map(Means::EntClass),
        Meaning::Item(no) => match dictionary.get(*no) {
            Some(def) => rule(def).map(Means::Item),
            None => Err(Finding::new(Code::SUnknownItem).with("name", no.0)),
        },
        Meaning::Const(text) => Ok(Means::Const(text.as_str().into())),
        Meaning::RowNo => Ok(Means::RowNo),
        Meaning::MessageId => Ok(Means::MessageId),
        Meaning::Status => Ok(Means::Status),
        Meaning::StatusVersion => Ok(Means::StatusVersion),
        Meaning::ReturnCode => Ok(Means::ReturnCode),
        Meaning::Reason => Ok(Means::Reason),
        Meaning::SourceSeq => Ok(Means::SourceSeq),
        Meaning::ReceiptNo => Ok(Means::ReceiptNo),
        Meaning::BatchNo => Ok(Means::BatchNo),
        Meaning::Operation => Ok(Means::Operation),
        Meaning::ResultDate => Ok(Means::ResultDate),
        Meaning::Matter => Ok(Means::Matter),
        Meaning::Attachments => Ok(Means::Attachments),
        Meaning::Review => Ok(Means::Review),
        Meaning::Secrecy => Ok(Means::Secrecy),
        Meaning::Computed => written(field.expr.as_deref().unwrap_or_default(), dictionary, &rule),
    });
    let out = parse(&field.out, Way::Out, tables, &mut findings);
    let back = parse(&field.in_, Way::In, tables, &mut findings);
    let check = field.check.as_deref().and_then(|name| match by_name(name) {
        None => {
            findings.push(unknown_check(name));
            None
        }
        found => found,
    });
    let (Some(means), true) = (means, findings.is_empty()) else {
        return Err(findings);
    };
    let undone = |chain: &[Transform], specs: &[String]| chain::inverse(chain, specs).map_err(Box::<str>::from);
    Ok(Slot {
        name: field.name.as_str().into(),
        aliases: field.aliases.iter().map(|a| a.as_str().into()).collect(),
        means,
        out: if field.out.is_empty() {
            undone(&back, &field.in_)
        } else {
            Ok(out.clone())
        },
        back: if field.in_.is_empty() {
            undone(&out, &field.out)
        } else {
            Ok(back)
        },
        required: field.required,
        max_bytes: field.max_bytes,
        check,
        from: None,
    })
}

/// An expression over items, its names resolved.
fn written(
    text: &str,
    dictionary: &Dictionary,
    rule: &dyn Fn(&ItemDef) -> Result<Box<Rule>, Finding>,
) -> Result<Means, Finding> {
    let expr = Expr::parse(text)?;
    let source = |name: &str| match (name, dictionary.find(name)) {
        ("case_no", _) => Ok(Source::CaseNo),
        ("ent_class", Some(def)) => Ok(Source::EntClass(def.no)),
        (_, Some(def)) => rule(def).map(Source::Item),
        (name, None) => Err(Finding::new(Code::SUnknownItem).with("name", name)),
    };
    let sources: Result<Vec<Source>, Finding> = expr.names().iter().map(|name| source(name)).collect();
    Ok(Means::Computed(Box::new(expr), sources?))
}

/// What findings call a computed item: the columns it is made of.
fn column_of(computed: &Computed) -> String {
    let columns: Vec<&str> = computed.from.values().map(String::as_str).collect();
    columns.join("+")
}

fn computed_slot(
    computed: &Computed,
    dictionary: &Dictionary,
    options: &Options,
    tables: &dyn Fn(&str) -> Option<Arc<Table>>,
) -> Result<Slot, Finding> {
    let unknown = || Finding::new(Code::SUnknownItem).with("name", computed.item.0);
    let def = dictionary.get(computed.item).ok_or_else(unknown)?;
    let expr = Expr::parse(&computed.expr)?;
    let column = |name: &str| match computed.from.get(name) {
        Some(column) => Ok(column.as_str().into()),
        None => {
            let known: Vec<&str> = computed.from.keys().map(String::as_str).collect();
            Err(Finding::new(Code::SExprName)
                .with("name", name)
                .with("known", known.join(", ")))
        }
    };
    let columns: Result<Vec<Box<str>>, Finding> = expr.names().iter().map(|name| column(name)).collect();
    Ok(Slot {
        name: column_of(computed).into(),
        aliases: Vec::new(),
        means: Means::Item(Box::new(Rule::new(def, dictionary, options, tables)?)),
        out: Ok(Vec::new()),
        back: Ok(Vec::new()),
        required: computed.required,
        max_bytes: None,
        check: None,
        from: Some((expr, columns?)),
    })
}

fn parse(
    specs: &[String],
    way: Way,
    tables: &dyn Fn(&str) -> Option<Arc<Table>>,
    findings: &mut Vec<Finding>,
) -> Vec<Transform> {
    let mut chain = Vec::with_capacity(specs.len());
    for spec in specs {
        match (
            Transform::parse(spec, way, tables),
            transform::check(spec),
            transform::table_of(spec),
        ) {
            (Some(transform), ..) => chain.push(transform),
            (None, Err(finding), _) => findings.push(finding),
            (None, Ok(()), table) => {
                findings.push(Finding::new(Code::SUnknownCodes).with("name", table.unwrap_or(spec)));
            }
        }
    }
    chain
}
