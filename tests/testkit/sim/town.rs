//! The departments as such: they book what reaches them, think, and decide. They trust what they are sent and look for
//! no repeats: whoever brings a thing twice finds it booked twice.

use crate::sim::gap::SEAL;
use crate::sim::machine;
use crate::sim::sheet::{Said, Sheet};
use crate::sim::world::{Decision, Entry, Fate, HOUR, Letter, MINUTE, Paper, Ruling, What, World};
use model::check;
use std::collections::BTreeSet;
use std::sync::Arc;

/// The civil date of an instant of the simulation, `yyyy-mm-dd`, as departments write it.
pub fn today(world: &World) -> String {
    let day = world.now() / (24 * HOUR);
    let date = jiff::civil::date(2026, 3, 2).checked_add(jiff::Span::new().days(i64::try_from(day).unwrap_or(0)));
    date.map(|d| d.to_string()).unwrap_or_default()
}

/// Whether an operation opens a round at the department.
pub fn opens(op: &str) -> bool {
    matches!(op, "submit" | "supplement")
}

impl World {
    fn ruling(&self, what: &What) -> Ruling {
        let dice = self.between(0, 100);
        let drawn = match dice {
            0..=13 => Ruling::Supplement,
            14..=17 => Ruling::Deny,
            18..=20 => Ruling::Return,
            21..=25 => Ruling::RefuseOnce,
            26..=28 => Ruling::RefuseAlways,
            _ => Ruling::Approve,
        };
        // The police refuse no row: what they do not want, they return.
        let drawn = match drawn {
            Ruling::RefuseOnce | Ruling::RefuseAlways | Ruling::Deny if what.1 == SEAL => Ruling::Return,
            drawn => drawn,
        };
        *self.lock().rulings.entry(what.clone()).or_insert(drawn)
    }

    /// A record reaches a department: its own number for it, or the code of a refusal.
    pub fn book(&self, sheet: &Sheet, mode: &str) -> Result<String, String> {
        let what = sheet.what();
        if opens(&sheet.op) {
            let ruling = self.ruling(&what);
            let first = self.lock().refused_once.insert(what.clone());
            let refuses = ruling == Ruling::RefuseAlways || (ruling == Ruling::RefuseOnce && first);
            if refuses {
                self.say(format!("{} refuses a{} of {}", what.1, sheet.attempt, what.0));
                self.settle(sheet.attempt, Fate::Dead, false);
                return Err("2003".to_owned());
            }
        }
        let (round, earlier, count) = {
            let state = self.lock();
            let round = state.asked.get(&what).copied().unwrap_or(0) + 1;
            let same = |e: &&Entry| e.what == what && opens(&e.op) && e.round == round;
            let earlier = opens(&sheet.op)
                .then(|| state.entries.iter().find(same).map(|e| e.attempt))
                .flatten();
            (round, earlier, state.entries.len() + 1)
        };
        self.say(format!(
            "{} books a{} of {} round {round}: {} by {mode}",
            what.1, sheet.attempt, what.0, sheet.op
        ));
        if let Some(earlier) = earlier {
            self.violation(format!(
                "doubled: {} {} round {round} by a{earlier} and a{}",
                what.0, what.1, sheet.attempt
            ));
        }
        let twice = self.lock().entries.iter().any(|e| e.attempt == sheet.attempt);
        if twice {
            self.violation(format!("a{} of {} {} is booked twice", sheet.attempt, what.0, what.1));
        }
        if opens(&sheet.op) && mode != "disk" {
            let at = self.now() + self.between(10 * MINUTE, 9 * HOUR);
            self.lock().pending.push((at, what.clone(), round));
        }
        if sheet.op == "withdraw" {
            self.lock().pending.retain(|(_, w, _)| *w != what);
        }
        let entry = Entry {
            what,
            op: sheet.op.clone(),
            round,
            attempt: sheet.attempt,
            mode: mode.to_owned(),
            sheet: sheet.clone(),
        };
        self.lock().entries.push(entry);
        self.settle(sheet.attempt, Fate::Booked, false);
        Ok(format!("N{count:05}"))
    }

    /// A department decides: what it will say, in the canonical word.
    pub fn decide(&self, what: &What, round: u32) -> Decision {
        let ruling = self.ruling(what);
        // The park has one word for no, and so has the local tax bureau.
        let standing = match (ruling, what.1.as_str()) {
            (Ruling::Supplement, _) if round == 1 => "supplement_requested",
            (Ruling::Deny | Ruling::Return, "park.hitech") => "denied",
            (Ruling::Deny | Ruling::Return, "ltax.reg") => "returned",
            (Ruling::Deny, _) => "denied",
            (Ruling::Return, _) => "returned",
            _ => "approved",
        };
        let gives = if standing == "approved" {
            self.grants(what)
        } else {
            Vec::new()
        };
        let decision = Decision {
            what: what.clone(),
            round,
            standing,
            gives,
        };
        self.say(format!("{} decides {} round {round}: {standing}", what.1, what.0));
        let mut state = self.lock();
        if standing == "supplement_requested" {
            *state.asked.entry(what.clone()).or_default() += 1;
        }
        state.decisions.push(decision.clone());
        decision
    }

    fn grants(&self, what: &What) -> Said {
        let renamed = self.chance(30);
        let mut state = self.lock();
        state.counter += 1;
        let n = state.counter;
        let field = |name: &str, value: String| (name.to_owned(), value);
        // Both bureaus build the number from the same organisation code.
        let org = state
            .hub
            .get(&what.0)
            .and_then(|c| c.items.get("org_code"))
            .cloned()
            .unwrap_or_default();
        let tax_no = format!("110108{org}");
        match what.1.as_str() {
            "aic.name" => {
                let mut gives = vec![
                    field(
                        "name_approval_no",
                        format!("（京海）名称预核（内）字〔2026〕第{n:07}号"),
                    ),
                    field("ent_name_valid_to", "2026-09-01".to_owned()),
                ];
                if renamed {
                    gives.push(field("ent_name", format!("北京核准{n}号医药科技有限公司")));
                }
                gives
            }
            "aic.licence" => {
                let body = format!("110108{n:08}");
                let digit = check::reg_no15::check_char(&body).unwrap_or('0');
                vec![
                    field("reg_no", format!("{body}{digit}")),
                    field("licence_issue_date", "2026-03-09".to_owned()),
                ]
            }
            SEAL => vec![field("seal_shop", format!("京海刻字社{n}"))],
            "park.hitech" => vec![field("hitech_cert_no", format!("GX2026{n:04}"))],
            "ltax.reg" => vec![
                field("tax_no_local", tax_no),
                field("tax_office", "海淀税务所".to_owned()),
            ],
            _ => vec![
                field("tax_no_national", tax_no),
                field("tax_office_national", "海淀国税所".to_owned()),
            ],
        }
    }

    /// Everything whose time has come at the departments.
    fn work(&self) {
        let now = self.now();
        let due = {
            let mut state = self.lock();
            let (due, rest): (Vec<_>, Vec<_>) = state.pending.drain(..).partition(|(at, _, _)| *at <= now);
            state.pending = rest;
            due
        };
        for (_, what, round) in due {
            let decision = self.decide(&what, round);
            self.announce(&decision);
        }
        let late = {
            let mut state = self.lock();
            let (due, rest): (Vec<_>, Vec<_>) = state.late.drain(..).partition(|(at, _)| *at <= now);
            state.late = rest;
            due
        };
        for (_, sheet) in late {
            drop(self.park_takes(&sheet));
        }
        self.ltax_works();
        self.police_work();
    }

    /// A request reaches the park: it knows its own tokens and answers the same again.
    pub fn park_takes(&self, sheet: &Sheet) -> Result<String, String> {
        if let Some(known) = self.lock().tokens.get(&sheet.token).cloned() {
            return known;
        }
        let answer = self.book(sheet, "link");
        self.lock().tokens.insert(sheet.token.clone(), answer.clone());
        answer
    }

    fn announce(&self, decision: &Decision) {
        if decision.what.1 == SEAL {
            return self.police_announce(decision);
        }
        let date = today(self);
        let field = |name: &str, value: &str| (name.to_owned(), value.to_owned());
        let reason = if decision.standing == "approved" {
            ""
        } else {
            "材料不全"
        };
        let mut said = match decision.what.1.as_str() {
            "park.hitech" => {
                let word = match decision.standing {
                    "approved" => "PASS",
                    "supplement_requested" => "SUPPLEMENT",
                    _ => "REJECT",
                };
                let seq = self.lock().results.len() + 1;
                let mut row = vec![
                    field("seq", &seq.to_string()),
                    field("caseNo", &decision.what.0),
                    field("result", word),
                    field("certDate", &date),
                ];
                row.extend(decision.gives.iter().map(|(_, v)| field("certNo", v)));
                row
            }
            "ltax.reg" => {
                let word = match decision.standing {
                    "approved" => "办结",
                    "supplement_requested" => "补正",
                    _ => "退件",
                };
                let mut row = vec![
                    field("业务编号", &decision.what.0),
                    field("处理结果", word),
                    field("登记日期", &date),
                ];
                for (name, value) in &decision.gives {
                    row.push(field(
                        if name == "tax_no_local" {
                            "税务登记证号"
                        } else {
                            "主管税务所"
                        },
                        value,
                    ));
                }
                row
            }
            _ => {
                let word = match decision.standing {
                    "approved" => "准予",
                    "supplement_requested" => "补正",
                    "denied" => "不予许可",
                    _ => "退件",
                };
                let mut row = vec![field("status", word), field("date", &date)];
                row.extend(decision.gives.iter().cloned());
                row
            }
        };
        let place = match decision.what.1.as_str() {
            "park.hitech" => "opinion",
            "ltax.reg" => "说明",
            _ => "reason",
        };
        if !reason.is_empty() {
            said.push(field(place, reason));
        }
        let mut state = self.lock();
        match decision.what.1.as_str() {
            "park.hitech" => state.results.push(said),
            "ltax.reg" => state.ltax_results.push(said),
            _ => {
                let paper = Paper {
                    what: decision.what.clone(),
                    round: decision.round,
                    said,
                    done: false,
                };
                state.papers.push(paper);
            }
        }
    }

    /// The local tax bureau fetches files, reads them, and puts receipts and results out in no good order.
    fn ltax_works(&self) {
        let now = self.now();
        for name in self.waiting_for("ltax") {
            if self.chance(60) {
                let at = now + self.between(5 * MINUTE, 6 * HOUR);
                let mut state = self.lock();
                let sheets = state.outbox.remove(&name);
                state.taken.insert(name.clone(), (at, sheets));
                drop(state);
                self.say(format!("ltax takes {name}"));
            }
        }
        let ready: Vec<(String, Vec<Sheet>)> = {
            let mut state = self.lock();
            let ready = state
                .taken
                .iter_mut()
                .filter(|(name, (at, s))| name.contains("-ltax-") && *at <= now && s.is_some());
            ready
                .filter_map(|(name, (_, sheets))| Some((name.clone(), sheets.take()?)))
                .collect()
        };
        for (name, sheets) in ready {
            self.ltax_reads(&name, &sheets);
        }
        if !self.lock().ltax_results.is_empty() && self.chance(50) {
            let rows = std::mem::take(&mut self.lock().ltax_results);
            self.put_out("ltax", "results", None, rows, Vec::new());
        }
    }

    fn ltax_reads(&self, name: &str, sheets: &[Sheet]) {
        if self.fault(4) {
            self.say(format!("ltax loses {name}"));
            for sheet in sheets {
                self.settle(sheet.attempt, Fate::Dead, false);
            }
            return;
        }
        let (mut rows, mut attempts) = (Vec::new(), Vec::new());
        for (at, sheet) in sheets.iter().enumerate() {
            let code = match self.book(sheet, "frontend") {
                Ok(_) => "0000".to_owned(),
                Err(code) => code,
            };
            if self.fault(6) {
                self.say(format!("ltax leaves a{} out of its receipt", sheet.attempt));
                continue;
            }
            let field = |name: &str, value: &str| (name.to_owned(), value.to_owned());
            rows.push(vec![
                field("序号", &(at + 1).to_string()),
                field("业务编号", &sheet.case_no),
                field("返回码", &code),
                field("返回信息", "已阅"),
            ]);
            attempts.push(sheet.attempt);
        }
        if !rows.is_empty() && !self.fault(5) {
            self.put_out("ltax", "returns", Some(name.to_owned()), rows, attempts);
        }
    }

    /// Files of ours that wait at a department's place.
    pub fn waiting_for(&self, dept: &str) -> Vec<String> {
        let state = self.lock();
        let names = state.outbox.keys();
        names
            .filter(|name| name.contains(&format!("-{dept}-")))
            .cloned()
            .collect()
    }

    /// A file for us, once or twice.
    pub fn put_out(
        &self,
        dept: &'static str,
        feed: &'static str,
        answers: Option<String>,
        rows: Vec<Said>,
        attempts: Vec<u64>,
    ) {
        let twice = self.fault(12);
        for _ in 0..(1 + u32::from(twice)) {
            let mut state = self.lock();
            state.counter += 1;
            let name = format!("{dept}-{feed}-{:04}", state.counter);
            let letter = Letter {
                name,
                dept,
                feed,
                answers: answers.clone(),
                rows: rows.clone(),
                attempts: attempts.clone(),
                of: attempts.first().map(|mark| machine::owner(*mark)),
                held: None,
                read: BTreeSet::new(),
                gone: false,
            };
            state.letters.push(letter);
        }
    }
}

/// An organisation code with its check character.
pub fn org_code(n: u32) -> String {
    let body = format!("{:08}", 10_000_000 + n);
    let digit = check::org_code::check_char(&body).unwrap_or('0');
    format!("{body}{digit}")
}

/// The departments' clerks at their desks.
pub async fn live(world: Arc<World>) {
    loop {
        world.nap(15 * MINUTE, 50 * MINUTE).await;
        world.work();
    }
}
