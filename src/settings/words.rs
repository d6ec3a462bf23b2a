//! The words a layout may use for transforms, and which of them undo each other. `mapping` does what they say.

/// What stands after the colon of a transform.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Arg {
    /// Nothing.
    None,
    /// A pattern of `%Y`, `%m`, `%d` and other characters.
    Date,
    /// The name of a code table.
    Table,
    /// A separator.
    Separator,
    /// A number of decimals, 0 to 12.
    Places,
    /// What only the transform itself can judge; shown as it is written.
    Shape(&'static str),
}

/// What undoes a transform.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Undo {
    /// Nothing is needed: it gives the same value in another writing.
    Keep,
    /// This one, with the same argument.
    By(&'static str),
    /// Nothing: it loses something.
    Never,
}

/// One transform.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Transform {
    /// Its name, before the colon.
    pub name: &'static str,
    /// What stands after the colon.
    pub arg: Arg,
    /// What undoes it.
    pub undo: Undo,
}

const fn known(name: &'static str, arg: Arg, undo: Undo) -> Transform {
    Transform { name, arg, undo }
}

/// Every transform.
pub const TRANSFORMS: &[Transform] = &[
    known("trim", Arg::None, Undo::Keep),
    known("width_code", Arg::None, Undo::Never),
    known("fullwidth", Arg::None, Undo::By("width_code")),
    known("upper", Arg::None, Undo::Never),
    known("lower", Arg::None, Undo::Never),
    known("hyphen_org", Arg::None, Undo::By("unhyphen")),
    known("unhyphen", Arg::None, Undo::Never),
    known("wan_to_yuan", Arg::None, Undo::By("yuan_to_wan")),
    known("yuan_to_wan", Arg::None, Undo::By("wan_to_yuan")),
    known("group_commas", Arg::None, Undo::By("strip_commas")),
    known("strip_commas", Arg::None, Undo::Never),
    known("date", Arg::Date, Undo::By("date")),
    known("dict", Arg::Table, Undo::By("dict")),
    known("join", Arg::Separator, Undo::By("split")),
    known("split", Arg::Separator, Undo::By("join")),
    known("first", Arg::None, Undo::Never),
    known("before", Arg::Separator, Undo::Never),
    known("after", Arg::Separator, Undo::Never),
    known("scale", Arg::Places, Undo::Keep),
    known("implied", Arg::Places, Undo::By("implied")),
    known("pad_left", Arg::Shape("pad_left:0:15"), Undo::By("pad_left")),
    known("pad_right", Arg::Shape("pad_right:0:15"), Undo::By("pad_right")),
    known("serial", Arg::Shape("serial:1900, serial:1904"), Undo::By("serial")),
    known(
        "mask",
        Arg::Shape("mask:citizen_id, phone, name, address, bank_acct, email"),
        Undo::Never,
    ),
];

/// Name and argument of a transform as written, and what it is, if it is one.
pub fn transform(written: &str) -> (&str, Option<&str>, Option<&'static Transform>) {
    let (name, arg) = match written.split_once(':') {
        Some((name, arg)) => (name, Some(arg)),
        None => (written, None),
    };
    (name, arg, TRANSFORMS.iter().find(|t| t.name == name))
}

/// The other direction of a list of transforms, as written.
///
/// # Errors
/// The first one that cannot be undone.
pub fn undo(written: &[String]) -> Result<Vec<String>, &str> {
    let mut back = Vec::new();
    for step in written.iter().rev() {
        let (_, arg, known) = transform(step);
        match known.map(|k| k.undo) {
            Some(Undo::Keep) => {}
            Some(Undo::By(name)) => back.push(arg.map_or_else(|| name.to_owned(), |a| format!("{name}:{a}"))),
            Some(Undo::Never) | None => return Err(step),
        }
    }
    Ok(back)
}

/// True for a date pattern that holds year, month and day once each, and no other mark. `%-m` and `%-d` have no zeros in
/// front, and need a character behind them that is no digit: otherwise `2026112` would be two days.
pub fn is_date_pattern(pattern: &str) -> bool {
    let clear = |(at, mark): (usize, &str)| {
        let next = pattern.get(at + mark.len()..).and_then(|rest| rest.chars().next());
        next.is_none_or(|c| c != '%' && !c.is_ascii_digit())
    };
    if !["%-m", "%-d"].iter().all(|mark| pattern.match_indices(mark).all(clear)) {
        return false;
    }
    let pattern = pattern.replace("%-m", "%m").replace("%-d", "%d");
    let mut marks: Vec<char> = pattern.split('%').skip(1).filter_map(|p| p.chars().next()).collect();
    marks.sort_unstable();
    let lone = pattern.ends_with('%') || pattern.contains("%%");
    !lone && (marks == ['Y', 'd', 'm'] || marks == ['d', 'm', 'Y'])
}

/// The encodings of text.
pub const ENCODINGS: &[&str] = &["utf-8", "gbk", "gb18030"];

#[cfg(test)]
mod tests;
