//! What differs from run to run, made the same: times, places, ports, digests. What is left is compared to the byte.

use std::path::Path;

/// What is made the same.
pub struct Normal {
    places: Vec<(String, &'static str)>,
    numbers: bool,
    exact: bool,
}

impl Normal {
    /// With this directory written as `DIR`.
    pub fn new(dir: &Path) -> Self {
        Self {
            places: vec![(dir.display().to_string(), "DIR")],
            numbers: false,
            exact: false,
        }
    }

    /// Also numbers of attempts, batches and tasks, where many things happen side by side.
    pub fn without_numbers(mut self) -> Self {
        self.numbers = true;
        self
    }

    /// With every blank as it stands.
    pub fn exact(mut self) -> Self {
        self.exact = true;
        self
    }

    /// With another place by a word.
    pub fn place(mut self, path: &Path, word: &'static str) -> Self {
        self.places.push((path.display().to_string(), word));
        self
    }

    /// The text with everything made the same.
    pub fn text(&self, text: &str) -> String {
        let mut text = text.to_owned();
        for (place, word) in &self.places {
            text = text.replace(place, word);
        }
        let narrow = |line: String| if self.exact { line } else { narrow(&line) };
        // The last day of a task is counted from today, and is not there where next year has no calendar yet.
        let lines = text
            .lines()
            .filter(|line| !line.trim_start().starts_with("\"due\": \""));
        let lines = lines.map(|line| narrow(self.line(line)));
        lines.fold(String::new(), |all, line| all + &line + "\n")
    }

    fn line(&self, line: &str) -> String {
        let chars: Vec<char> = line.chars().collect();
        let (mut shown, mut at) = (String::new(), 0);
        while let Some(&c) = chars.get(at) {
            let word: String = chars[at..].iter().take_while(|c| c.is_ascii_alphanumeric()).collect();
            let begins = at == 0 || !chars[at - 1].is_ascii_alphanumeric();
            if begins && word.len() == 64 && word.chars().all(|c| c.is_ascii_hexdigit()) {
                shown.push_str("DIGEST");
                at += 64;
            } else if c.is_ascii_digit() {
                let rest: String = chars[at..].iter().collect();
                let (word, taken) = self.number(&shown, &rest);
                shown.push_str(&word);
                at += taken;
            } else {
                shown.push(c);
                at += 1;
            }
        }
        shown
    }

    /// What a number at the head of `rest` is shown as, and how many characters that replaces.
    fn number(&self, before: &str, rest: &str) -> (String, usize) {
        let digits: String = rest.chars().take_while(char::is_ascii_digit).collect();
        let after = rest.get(digits.len()..).unwrap_or_default();
        if let Some(length) = time(rest) {
            return ("TIME".to_owned(), length);
        }
        // Places in the journal depend on how many entries share a group.
        if (before.ends_with("TIME  ") || before.ends_with("\"pos\": \""))
            && let Some(rest) = after.strip_prefix('/')
        {
            let ordinal = rest.chars().take_while(char::is_ascii_digit).count();
            return ("PLACE".to_owned(), digits.len() + 1 + ordinal);
        }
        let joint = |c: char| matches!(c, '-' | '_');
        let word = if digits.len() == 13 && !before.ends_with(|c: char| c.is_ascii_alphabetic()) {
            "TIME"
        } else if (digits.len() == 8 && before.ends_with(joint) && after.starts_with(joint))
            || (digits.len() == 4 && (before.ends_with("SW") || before.ends_with("HP")) && after.starts_with('A'))
        {
            "DAY"
        } else if before.ends_with("127.0.0.1:") {
            "PORT"
        } else if self.numbers
            && (is_our_number(before) || is_of_ours(before) || (before.ends_with('第') && after.starts_with('行')))
        {
            "N"
        } else {
            &digits
        };
        (word.to_owned(), digits.len())
    }
}

/// `2026-03-02 09:00`, with or without seconds: its length.
fn time(text: &str) -> Option<usize> {
    let fits = |form: &str| {
        text.is_char_boundary(form.len().min(text.len()))
            && text.len() >= form.len()
            && form
                .chars()
                .zip(text.chars())
                .all(|(f, c)| if f == 'd' { c.is_ascii_digit() } else { f == c })
    };
    ["dddd-dd-dd dd:dd:dd", "dddd-dd-dd dd:dd"]
        .into_iter()
        .find(|form| fits(form))
        .map(str::len)
}

/// Behind one letter that stands alone: `a12`, `b7`, `t3`.
fn is_our_number(before: &str) -> bool {
    let mut back = before.chars().rev();
    matches!(back.next(), Some('a' | 'b' | 't')) && !back.next().is_some_and(|c| c.is_ascii_alphanumeric())
}

/// A row of a batch of ours, or its place in one; a number that counts batches, or that a department counts with.
fn is_of_ours(before: &str) -> bool {
    [
        "bN:",
        "\"row\": ",
        " row ",
        "stat/frontend ",
        "-DAY-",
        "_DAY_",
        "SWDAYA",
        "HPDAYA",
        "PK",
        "QTS",
        "GX",
    ]
    .iter()
    .any(|end| before.ends_with(end))
}

/// Columns are as wide as what stands in them; two blanks between any two.
fn narrow(line: &str) -> String {
    let indent: String = line.chars().take_while(|c| *c == ' ').collect();
    let mut shown = indent.clone();
    let mut blanks = 0;
    for c in line.chars().skip(indent.len()) {
        blanks = if c == ' ' { blanks + 1 } else { 0 };
        if blanks < 3 {
            shown.push(c);
        }
    }
    shown
}

#[test]
fn only_what_differs_is_made_the_same() {
    let normal = Normal::new(Path::new("/tmp/x")).place(Path::new("/m"), "MEDIUM");
    let numberless = Normal::new(Path::new("/tmp/x")).without_numbers();
    for (text, shown) in [
        ("at 2026-03-02 09:00:01 and 2026-03-02 09:00", "at TIME and TIME"),
        ("\"at\": 1772413200000,", "\"at\": TIME,"),
        (
            "t1099511627777  110108202603020000019",
            "t1099511627777  110108202603020000019",
        ),
        ("2026-03-02  2026-09-01", "2026-03-02  2026-09-01"),
        (
            "aic-20260302-0001 SW0302A1 HP0302A1 HUB_LTAX_SWDJ_20260302_0002",
            "aic-DAY-0001 SWDAYA1 HPDAYA1 HUB_LTAX_SWDJ_DAY_0002",
        ),
        ("/tmp/x/a /m/b 127.0.0.1:40001", "DIR/a MEDIUM/b 127.0.0.1:PORT"),
        ("  a      b  c", "  a  b  c"),
        ("a12 b7:3", "a12 b7:3"),
        ("2026-03-02 09:00:01  136/1  x", "TIME  PLACE  x"),
        ("\"pos\": \"4/0\" 4/0", "\"pos\": \"PLACE\" 4/0"),
    ] {
        assert_eq!(normal.text(text), format!("{shown}\n"));
    }
    assert_eq!(numberless.text("a12 b7:3 t4 ab5 第3轮"), "aN bN:N tN ab5 第3轮\n");
    assert_eq!(
        numberless.text("E_X 第4行 E_X row 4 \"row\": 4"),
        "E_X 第N行 E_X row N \"row\": N\n"
    );
    assert_eq!(Normal::new(Path::new("/x")).exact().text("  a      b"), "  a      b\n");
    assert_eq!(normal.text(&"0a".repeat(32)), "DIGEST\n");
    assert_eq!(normal.text(&"0a".repeat(33)), format!("{}\n", "0a".repeat(33)));
}
