//! Files of the 地税局 that are not what they should be: each is set aside by name, and nothing of it is half imported.

use crate::front::{Front, HEADER, gbk};
use crate::harness::{Config, Town, plain};
use departments::cases;

/// A town in which one case stands at its first office.
async fn open() -> Front {
    open_with(|_| {}).await
}

/// The same, with the configuration changed first.
pub async fn open_with(change: impl FnOnce(&Config)) -> Front {
    let town = Town::start_with(change).await;
    let no = cases::case_no(1);
    town.post(&plain(1)).await;
    town.licensed(&no).await;
    Front::open(town, no).await
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_not_built_as_agreed_is_refused_as_a_whole() {
    let front = open().await;
    let good = front.row(&front.no, "第九税务所");
    let wrong_header = gbk(&format!("{HEADER}{good}").replace("处理结果", "结果"));
    let count = gbk(&format!("{HEADER}{good}"));
    let whole = gbk(&format!("{HEADER}{good}"));
    // Cut in the middle of a character: the marker was made of what is there.
    let at = whole.windows(2).position(|w| w == gbk("所")).unwrap() + 1;
    let cut = whole[..at].to_vec();
    let files = [
        ("LTAX_HUB_DJJG_20260302_0911.csv", wrong_header, 1, "E_HEADER"),
        ("LTAX_HUB_DJJG_20260302_0912.csv", count, 2, "E_FILE_COUNT"),
        ("LTAX_HUB_DJJG_20260302_0913.csv", cut, 1, "E_ENCODING"),
        ("LTAX_HUB_DJJG_20260302_0914.csv", Vec::new(), 0, "E_STRUCTURE"),
    ];
    for (name, bytes, rows, code) in &files {
        front.put(name, bytes, *rows, None);
        front.gone_to("error", name).await;
        front.refused(name, code).await;
        assert_eq!(front.office().await, "第一税务所", "{name}");
    }
    let lines = front.town.refusals("ltax").await;
    assert_eq!(lines.len(), files.len());
    for line in lines {
        front
            .town
            .ask(&[
                "refused",
                "drop",
                line["id"].as_str().unwrap(),
                "--reason",
                "已通知地税局重发",
            ])
            .await;
    }
    assert!(front.town.refusals("ltax").await.is_empty());
    front.town.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_bad_row_is_named_and_the_others_are_taken() {
    let front = open().await;
    let stranger = front.row(&cases::case_no(99), "第二税务所");
    let masked = front.row(&front.no, "第四税务所").replace("\"办结\"", "\"已结\"");
    let name = "LTAX_HUB_DJJG_20260302_0921.csv";
    let bytes = gbk(&format!(
        "{HEADER}{stranger}{masked}{}",
        front.row(&front.no, "第五税务所")
    ));
    front.put(name, &bytes, 3, None);
    front.gone_to("done", name).await;
    assert_eq!(front.office().await, "第五税务所");
    let lines = front.town.refusals("ltax").await;
    let told: Vec<_> = lines
        .iter()
        .map(|l| {
            (
                l["findings"][0]["code"].as_str().unwrap(),
                l["findings"][0]["place"]["row"].as_u64().unwrap(),
            )
        })
        .collect();
    assert_eq!(told, [("E_UNKNOWN_CASE", 1), ("E_UNMAPPED", 2)], "{lines:?}");
    assert_eq!(
        (&lines[1]["what"], &lines[1]["findings"][0]["place"]["column"]),
        (&name.into(), &"处理结果".into())
    );
    front.town.close().await;
}

/// Where the agreement says that a file counts as a whole, one bad row refuses it with its place, nothing of it has
/// effect, and the files beside it are taken.
#[tokio::test(flavor = "multi_thread")]
async fn one_bad_row_refuses_the_whole_file_where_that_was_agreed() {
    let whole = |config: &Config| {
        config.edit("departments/ltax.toml", |t| {
            t["channel"][0]["on_row_error"] = "reject_file".into();
        });
    };
    let front = open_with(whole).await;
    let bad = front.row(&front.no, "第四税务所").replace("\"办结\"", "\"已结\"");
    let poisoned = "LTAX_HUB_DJJG_20260302_0931.csv";
    let bytes = gbk(&format!("{HEADER}{}{bad}", front.row(&front.no, "第五税务所")));
    front.put(poisoned, &bytes, 2, None);
    front.gone_to("error", poisoned).await;
    let line = front.refused(poisoned, "E_UNMAPPED").await;
    let place = &line["findings"][0]["place"];
    assert_eq!(
        (&place["row"], &place["column"]),
        (&2.into(), &"处理结果".into()),
        "{line}"
    );
    assert_eq!(front.office().await, "第一税务所", "not its good row either");

    let sound = "LTAX_HUB_DJJG_20260302_0932.csv";
    front.put(
        sound,
        &gbk(&format!("{HEADER}{}", front.row(&front.no, "第六税务所"))),
        1,
        None,
    );
    front.gone_to("done", sound).await;
    assert_eq!(front.office().await, "第六税务所");
    assert_eq!(front.town.refusals("ltax").await.len(), 1);
    front.town.close().await;
}
