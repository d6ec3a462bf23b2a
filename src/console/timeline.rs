//! A case as a picture: one line for each matter, from left to right in time, a mark where an attempt came to its state.
//!
//! Only places are reckoned here; colours are the stylesheet's, and the tables beneath say the same in words.

/// Where lines begin and end, and how far they lie apart.
const LEFT: i64 = 210;
const RIGHT: i64 = 1_280;
const ROW: i64 = 24;
/// More lines than this are no picture.
const MOST: usize = 60;

/// What is drawn for one matter.
pub(crate) struct Span {
    pub(crate) name: String,
    pub(crate) from: i64,
    /// None where it still goes on.
    pub(crate) until: Option<i64>,
    pub(crate) marks: Vec<Mark>,
}

/// An attempt came to its state.
pub(crate) struct Mark {
    pub(crate) at: i64,
    pub(crate) class: &'static str,
    pub(crate) says: String,
}

/// A line with its places.
pub(crate) struct Line {
    pub(crate) name: String,
    pub(crate) y: i64,
    pub(crate) text_y: i64,
    pub(crate) from: i64,
    pub(crate) until: i64,
    pub(crate) goes_on: bool,
    pub(crate) marks: Vec<(i64, &'static str, String)>,
}

/// The picture.
#[derive(Default)]
pub(crate) struct Timeline {
    pub(crate) height: i64,
    pub(crate) lines: Vec<Line>,
}

impl Timeline {
    /// From the first instant of a case until now.
    pub(crate) fn draw(spans: Vec<Span>, first: i64, now: i64) -> Self {
        if spans.is_empty() || spans.len() > MOST {
            return Self::default();
        }
        let long = now.saturating_sub(first).max(1);
        let x = |at: i64| {
            let along = i128::from(at.clamp(first, now.max(first)).saturating_sub(first)) * i128::from(RIGHT - LEFT);
            LEFT + i64::try_from(along / i128::from(long)).unwrap_or(0)
        };
        let mut y = ROW / 2;
        let mut lines = Vec::with_capacity(spans.len());
        for span in spans {
            let from = x(span.from);
            lines.push(Line {
                name: span.name,
                y,
                text_y: y + 4,
                from,
                until: x(span.until.unwrap_or(now)).max(from + 2),
                goes_on: span.until.is_none(),
                marks: span.marks.into_iter().map(|m| (x(m.at), m.class, m.says)).collect(),
            });
            y += ROW;
        }
        Self {
            height: y - ROW / 2,
            lines,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{LEFT, Mark, RIGHT, Span, Timeline};

    fn span(from: i64, until: Option<i64>, at: i64) -> Span {
        let marks = vec![Mark {
            at,
            class: "fine",
            says: String::new(),
        }];
        Span {
            name: "aic.name".to_owned(),
            from,
            until,
            marks,
        }
    }

    #[test]
    fn what_is_later_stands_further_right_and_nothing_stands_outside() {
        let spans = vec![
            span(1_000, Some(2_000), 1_500),
            span(1_500, None, 3_000),
            span(-9, Some(i64::MAX), i64::MIN),
        ];
        let drawn = Timeline::draw(spans, 1_000, 3_000);
        let (first, second, wild) = (&drawn.lines[0], &drawn.lines[1], &drawn.lines[2]);
        assert_eq!((first.from, first.until, first.marks[0].0), (LEFT, 745, 477));
        assert_eq!((second.from, second.until, second.goes_on), (477, RIGHT, true));
        assert_eq!((wild.from, wild.until, wild.marks[0].0), (LEFT, RIGHT, LEFT));
        assert!(first.y < second.y && second.y < drawn.height);
    }

    #[test]
    fn a_case_of_this_instant_and_one_with_nothing_have_a_picture_or_none() {
        assert_eq!(Timeline::draw(vec![span(5, None, 5)], 5, 5).lines[0].from, LEFT);
        assert!(Timeline::draw(Vec::new(), 0, 9).lines.is_empty());
        let many = (0..61).map(|_| span(0, None, 0)).collect();
        assert!(Timeline::draw(many, 0, 9).lines.is_empty());
    }
}
