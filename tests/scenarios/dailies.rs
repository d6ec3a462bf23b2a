//! Files that say the same: under a new number they are news of nothing, and each is answered; under the old one they are
//! repeats. Names and times count for nothing, nor does the way in which rows are written.

use crate::bad_result_files::open_with;
use crate::front::{Front, HEADER, gbk};
use formats::Encoding;
use std::time::{Duration, UNIX_EPOCH};

async fn front() -> Front {
    open_with(|config| {
        config.edit("departments/ltax.toml", |t| {
            let settings = &mut t["channel"][0]["settings"]["in"];
            settings
                .as_table_mut()
                .unwrap()
                .insert("answer".to_owned(), true.into());
        });
    })
    .await
}

impl Front {
    /// Puts a file and waits until it was put away and answered; the receipt without the claim's number, by lines.
    async fn answered(&self, number: u32, bytes: &[u8], rows: usize) -> Vec<String> {
        let name = format!("LTAX_HUB_DJJG_20260302_{number:04}.csv");
        self.put(&name, bytes, rows, None);
        self.gone_to("done", &name).await;
        let receipt = std::fs::read(self.place("done").join(format!("{name}.receipt.csv"))).unwrap();
        let receipt = Encoding::Gbk.decode(&receipt).unwrap();
        let (head, tail) = receipt.split_once("；认领号 ").unwrap();
        format!("{head}{}", &tail[16..])
            .lines()
            .skip(1)
            .map(str::to_owned)
            .collect()
    }

    /// How often the tax bureau's word changed anything.
    async fn decisions(&self) -> usize {
        self.town.told(&self.no, "standing_set", "ltax.reg/1").await
    }

    /// Files in `done` and `error`, receipts among them, without markers.
    fn put_away(&self) -> usize {
        let count = |dir: &str| {
            let dir = std::fs::read_dir(self.place(dir));
            dir.map_or(0, |dir| {
                dir.filter(|e| !e.as_ref().unwrap().file_name().to_string_lossy().ends_with(".ok"))
                    .count()
            })
        };
        count("done") + count("error")
    }

    /// The same file once more, with another time: cleared away, and nothing else happens.
    async fn repeated(&self, number: u32, bytes: &[u8], rows: usize) {
        let (before, decisions) = (self.put_away(), self.decisions().await);
        let name = format!("LTAX_HUB_DJJG_20260302_{number:04}.csv");
        let aside = self.place("aside");
        std::fs::write(&aside, bytes).unwrap();
        std::fs::File::open(&aside)
            .unwrap()
            .set_modified(UNIX_EPOCH + Duration::from_secs(1_000))
            .unwrap();
        std::fs::rename(aside, self.place(&name)).unwrap();
        let marker = format!(
            "{}|{}|{rows}|20260101000000\r\n",
            formats::digest::sm3_hex(bytes),
            bytes.len()
        );
        std::fs::write(self.place(&format!("{name}.filepart")), marker).unwrap();
        std::fs::rename(
            self.place(&format!("{name}.filepart")),
            self.place(&format!("{name}.ok")),
        )
        .unwrap();
        self.town
            .until("the repeat is cleared away", async || {
                (!self.place(&name).exists() && !self.place(&format!("{name}.ok")).exists()).then_some(())
            })
            .await;
        self.town
            .until("nothing is claimed", async || {
                let names = std::fs::read_dir(self.place("")).unwrap();
                let claimed = |e: std::io::Result<std::fs::DirEntry>| {
                    e.unwrap().file_name().to_string_lossy().contains(".claimed-")
                };
                (!names.into_iter().any(claimed)).then_some(())
            })
            .await;
        assert_eq!((self.put_away(), self.decisions().await), (before, decisions));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn two_identical_dailies_are_two_batches_and_the_second_changes_nothing() {
    let front = front().await;
    let daily = gbk(&format!("{HEADER}{}", front.row(&front.no, "第二税务所")));
    let before = front.decisions().await;
    let first = front.answered(901, &daily, 1).await;
    assert!(
        first[0].starts_with("\"0\",\"\",\"0000\",\"已接收，共1行，返回码不是0000的0行"),
        "{first:?}"
    );
    assert_eq!(first[1..], ["\"1\",\"\",\"0000\",\"\""]);
    assert_eq!(front.decisions().await, before + 1);
    // The next day's: a new number, nothing new in it, and its own receipt.
    let second = front.answered(902, &daily, 1).await;
    // The same word on the same content; where it stands in the ledger is each batch's own.
    let (said, at): (Vec<_>, Vec<_>) = [&first[0], &second[0]]
        .map(|line| line.split_once("；账本").unwrap())
        .into_iter()
        .unzip();
    assert_eq!(said[0], said[1]);
    assert_ne!(at[0], at[1]);
    assert_eq!(second[1..], ["\"1\",\"\",\"0000\",\"已处理\""]);
    assert_eq!(front.decisions().await, before + 1);
    // The same number: a repeat, whatever its time.
    front.repeated(902, &daily, 1).await;
    front.repeated(901, &daily, 1).await;
    // Something else in between, and the first again under a third number: it is the bureau's newest word.
    let other = gbk(&format!("{HEADER}{}", front.row(&front.no, "第三税务所")));
    front.answered(903, &other, 1).await;
    assert_eq!(front.office().await, "第三税务所");
    let third = front.answered(904, &daily, 1).await;
    assert_eq!(third[1..], ["\"1\",\"\",\"0000\",\"\""]);
    assert_eq!(
        (front.office().await.as_str(), front.decisions().await),
        ("第二税务所", before + 3)
    );
    assert!(front.town.refusals("ltax").await.is_empty());
    front.town.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn two_empty_dailies_are_two_batches_with_nothing_in_them() {
    let front = front().await;
    let before = front.decisions().await;
    let empty = gbk(HEADER);
    for number in [911, 912] {
        let receipt = front.answered(number, &empty, 0).await;
        assert_eq!(receipt.len(), 1, "{receipt:?}");
        assert!(receipt[0].contains("已接收，共0行"), "{receipt:?}");
    }
    front.repeated(912, &empty, 0).await;
    front.repeated(911, &empty, 0).await;
    assert_eq!(front.decisions().await, before);
    assert!(front.town.refusals("ltax").await.is_empty());
    front.town.close().await;
}

/// Faults 30 and 31: what counts is the row. Written otherwise it is the same; said otherwise it is a new version.
#[tokio::test(flavor = "multi_thread")]
async fn the_same_rows_written_otherwise_change_nothing_and_another_row_is_a_new_version() {
    let front = front().await;
    let said = |office: &str| gbk(&format!("{HEADER}{}", front.row(&front.no, office)));
    front.answered(921, &said("第二税务所"), 1).await;
    let decisions = front.decisions().await;
    let mut columns: Vec<&str> = HEADER.trim_end().split(',').collect();
    let line = front.row(&front.no, "第二税务所");
    let mut cells: Vec<&str> = line.trim_end().split(',').collect();
    columns.reverse();
    cells.reverse();
    let reordered = format!("{}\r\n{}\r\n", columns.join(","), cells.join(","));
    let bare = format!("{HEADER}{line}").replace('"', "");
    // Characters that GBK writes in one way only stay the same bytes; the frame around them need not.
    for (number, text) in [(922, reordered.clone()), (923, bare), (924, reordered.replace('"', ""))] {
        let receipt = front.answered(number, &gbk(&text), 1).await;
        assert_eq!(receipt[1..], ["\"1\",\"\",\"0000\",\"已处理\""], "{text}");
        assert_eq!(front.decisions().await, decisions, "{text}");
    }
    front.answered(925, &said("第五税务所"), 1).await;
    assert_eq!(
        (front.office().await.as_str(), front.decisions().await),
        ("第五税务所", decisions + 1)
    );
    front.town.close().await;
}
