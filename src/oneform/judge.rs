//! Tables into forms, and everything that is wrong with them.

use crate::form::{Form, Item, Shape};
use crate::tables::{FormFile, FormTable, ItemTable, Key, Kind};
use crate::{FORMS_MAX, ITEMS_MAX, TEXT_MAX, fold};
use model::{Code, Finding};
use std::collections::BTreeMap;
use std::ops::Range;
use toml::Spanned;

/// A place in one of the files.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Place {
    /// Which file, in the order given.
    pub file: usize,
    /// Which bytes of it.
    pub span: Range<usize>,
}

/// Something wrong.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Wrong {
    /// Where.
    pub at: Place,
    /// What. One that is about a second of its kind lacks its argument `first`.
    pub finding: Finding,
    /// Where the first of the kind stands.
    pub first: Option<Place>,
}

/// The forms of these files, without those that are not complete; and everything that is wrong.
pub fn judge(files: &[FormFile]) -> (Vec<Form>, Vec<Wrong>) {
    let mut judge = Judge::default();
    let (mut items, mut over) = (0, false);
    for (file, table) in files.iter().enumerate() {
        judge.file = file;
        if table.form.is_empty() {
            judge.missing(&(0..0), "form");
        }
        for form in &table.form {
            items += form.get_ref().item.len();
            judge.forms_seen += 1;
            if judge.forms_seen > FORMS_MAX || items > ITEMS_MAX {
                // Said once: what comes after it is over the limit as well.
                if !std::mem::replace(&mut over, true) {
                    let detail =
                        format!("超过{FORMS_MAX}张表或{ITEMS_MAX}项 more than {FORMS_MAX} forms or {ITEMS_MAX} items");
                    judge.say(&form.span(), Finding::new(Code::SValue).with("detail", detail));
                }
                continue;
            }
            judge.form(form);
        }
    }
    (judge.forms, judge.wrong)
}

#[derive(Default)]
struct Judge {
    file: usize,
    forms: Vec<Form>,
    forms_seen: usize,
    ids: BTreeMap<String, Place>,
    wrong: Vec<Wrong>,
}

impl Judge {
    fn form(&mut self, spanned: &Spanned<FormTable>) {
        let (table, span) = (spanned.get_ref(), spanned.span());
        let id = self.text(&table.id, "id", &span);
        let dept = self.text(&table.dept, "dept", &span);
        let title = self.text(&table.title, "title", &span);
        let group = self.text(&table.group, "group", &span);
        if let (Some(id), Some(key)) = (&id, &table.id) {
            let here = self.place(&key.span());
            if let Some(first) = self.ids.get(id) {
                let first = first.clone();
                self.twice(&key.span(), id, first);
            } else {
                self.ids.insert(id.clone(), here);
            }
        }
        if table.item.is_empty() {
            self.missing(&span, "item");
        }
        let mut numbers: BTreeMap<String, Place> = BTreeMap::new();
        let mut items = Vec::with_capacity(table.item.len());
        for item in &table.item {
            if let Some(key) = &item.get_ref().no {
                let no = key.get_ref().0.clone();
                let here = self.place(&key.span());
                if let Some(first) = numbers.get(&no) {
                    let first = first.clone();
                    self.twice(&key.span(), &no, first);
                } else {
                    numbers.insert(no, here);
                }
            }
            items.extend(self.item(item.get_ref(), &item.span()));
        }
        if let (Some(id), Some(dept), Some(title), Some(group)) = (id, dept, title, group) {
            self.forms.push(Form {
                id,
                dept,
                title,
                group,
                items,
            });
        }
    }

    fn item(&mut self, table: &ItemTable, span: &Range<usize>) -> Option<Item> {
        let no = match &table.no {
            Some(key) => self.sound(&key.get_ref().0, &key.span()),
            None => {
                self.missing(span, "no");
                None
            }
        };
        let label = self.text(&table.label, "label", span);
        let canonical = match &table.canonical {
            Some(key) => Some(self.canonical(key.get_ref(), &key.span())?),
            None => None,
        };
        let kind = match &table.type_ {
            Some(key) => Some(*key.get_ref()),
            None => {
                self.missing(span, "type");
                None
            }
        };
        let len = match (&table.len, kind) {
            (Some(key), Some(kind)) => Some(self.len(&key.get_ref().0, kind, &key.span())?),
            _ => None,
        };
        let unit = self.optional(&table.unit);
        let code = self.optional(&table.code);
        Some(Item {
            no: no?,
            label: label?,
            canonical,
            shape: Shape {
                kind: kind?,
                len,
                unit,
                code,
            },
            required: table.required,
        })
    }

    fn text(&mut self, key: &Key<String>, name: &str, table: &Range<usize>) -> Option<String> {
        match key {
            Some(key) => self.sound(key.get_ref(), &key.span()),
            None => {
                self.missing(table, name);
                None
            }
        }
    }

    fn optional(&mut self, key: &Key<String>) -> Option<String> {
        key.as_ref().and_then(|key| self.sound(key.get_ref(), &key.span()))
    }

    /// A text that can be shown and compared.
    fn sound(&mut self, text: &str, span: &Range<usize>) -> Option<String> {
        let wrong = if fold(text).is_empty() {
            "不能为空 must not be empty".to_owned()
        } else if text.chars().count() > TEXT_MAX {
            format!("超过{TEXT_MAX}个字符 longer than {TEXT_MAX} characters")
        } else if text.chars().any(char::is_control) {
            "含控制字符 holds control characters".to_owned()
        } else {
            return Some(text.to_owned());
        };
        self.say(span, Finding::new(Code::SValue).with("detail", wrong));
        None
    }

    fn canonical(&mut self, id: &str, span: &Range<usize>) -> Option<String> {
        let word = id.starts_with(|c: char| c.is_ascii_lowercase())
            && id.len() <= TEXT_MAX
            && id
                .bytes()
                .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_');
        if !word {
            let detail = "指标项名：小写字母开头，只用小写字母、数字、下划线 an item's name: lower-case letters, digits, \
                          underscore, a letter first";
            self.say(span, Finding::new(Code::SValue).with("detail", detail));
        }
        word.then(|| id.to_owned())
    }

    fn len(&mut self, len: &str, kind: Kind, span: &Range<usize>) -> Option<String> {
        let number = |text: &str, most: usize| {
            !text.is_empty() && text.len() <= most && !text.starts_with('0') && text.bytes().all(|b| b.is_ascii_digit())
        };
        let right = match (kind, len.split_once('.')) {
            (Kind::C, None) => number(len, 6),
            (Kind::N, None) => number(len, 3),
            (Kind::N, Some((digits, decimals))) => number(digits, 3) && number(decimals, 2),
            (Kind::C, Some(_)) | (Kind::D, _) => false,
        };
        if !right {
            let detail = "长度：文本写字符数，数字写位数或“位数.小数”，日期不写 a length: characters of a text; digits of a \
                          number, or \"digits.decimals\"; none for a date";
            self.say(span, Finding::new(Code::SValue).with("detail", detail));
        }
        right.then(|| len.to_owned())
    }

    fn missing(&mut self, table: &Range<usize>, name: &str) {
        self.say(table, Finding::new(Code::SMissingKey).with("name", name));
    }

    fn twice(&mut self, span: &Range<usize>, name: &str, first: Place) {
        self.wrong.push(Wrong {
            at: self.place(span),
            finding: Finding::new(Code::STwice).with("name", name),
            first: Some(first),
        });
    }

    fn say(&mut self, span: &Range<usize>, finding: Finding) {
        self.wrong.push(Wrong {
            at: self.place(span),
            finding,
            first: None,
        });
    }

    fn place(&self, span: &Range<usize>) -> Place {
        Place {
            file: self.file,
            span: span.clone(),
        }
    }
}

#[cfg(test)]
mod tests;
