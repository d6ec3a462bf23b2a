//! File names as a server on a Chinese Windows writes them, on a real server: bytes that are no UTF-8.

use super::world::*;
use formats::digest::sm3_hex;
use model::Code;
use port::{Adapter, BatchVerdict};
use std::ffi::OsStr;
use std::os::unix::ffi::OsStrExt as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;

const RESULT: &str = "登记结果_20260317_0001.csv";

/// A path of which the last part is written in GBK.
fn in_gbk(dir: &Path, name: &str) -> PathBuf {
    dir.join(OsStr::from_bytes(&gbk(name)))
}

fn adapter(world: &World, encoding: &str) -> Arc<dyn Adapter> {
    let root = world.root();
    let dir = root.join("下载").to_str().unwrap().to_owned();
    let line = format!("filename_encoding = {encoding:?}");
    let wishes = Wishes {
        sftp: Box::leak(line.into_boxed_str()),
        ..Wishes::default()
    };
    let mut settings = world.settings(&wishes);
    let in_ = settings.in_.as_mut().unwrap();
    in_.dir = dir;
    in_.feeds[1].pattern = "登记结果_*.csv".to_owned();
    <crate::Mode as port::TypedMode>::build(settings, world.context(&wishes)).unwrap()
}

fn put(dir: &Path, name: &str) -> Vec<u8> {
    let data = gbk(
        "\"业务编号\",\"税务登记证号\",\"主管税务所\",\"登记日期\",\"处理结果\",\"说明\"\r\n\
                    \"c\",\"110108123456788\",\"第一税务所\",\"2026-03-17\",\"办结\",\"\"\r\n",
    );
    std::fs::write(in_gbk(dir, name), &data).unwrap();
    let marker = format!("{}|{}|1|20260316190000\r\n", sm3_hex(&data), data.len());
    std::fs::write(in_gbk(dir, &format!("{name}.ok")), marker).unwrap();
    data
}

#[tokio::test]
async fn gbk_names_are_listed_fetched_renamed_and_put_away() {
    let world = World::openssh().await;
    let dir = in_gbk(&world.root(), "下载");
    std::fs::create_dir(&dir).unwrap();
    let data = put(&dir, RESULT);
    let adapter = adapter(&world, "gb18030");
    let mut offers = adapter.collect(&ask(10)).await.unwrap();
    assert_eq!(
        (offers.len(), offers[0].name.as_str(), offers[0].bytes),
        (1, RESULT, data.len() as u64)
    );
    assert_eq!(offers[0].declared.number.as_deref(), Some("登记结果_20260317_0001"));
    assert_eq!(read(&mut offers[0]).unwrap().len(), 1);
    let claimed = in_gbk(&dir, offers[0].claim.0.lines().next().unwrap());
    assert!(claimed.to_string_lossy().contains(".claimed-n1."), "{claimed:?}");
    assert!(claimed.exists() && !in_gbk(&dir, RESULT).exists());
    adapter
        .acknowledge(&offers[0].claim, &answer(BatchVerdict::Accepted, vec![]))
        .await
        .unwrap();
    assert_eq!(std::fs::read(in_gbk(&dir.join("done"), RESULT)).unwrap(), data);
    assert!(in_gbk(&dir.join("done"), &format!("{RESULT}.ok")).exists() && !claimed.exists());
    // The same bytes under the same name once more: the second copy is removed.
    put(&dir, RESULT);
    let offers = adapter.collect(&ask(10)).await.unwrap();
    adapter
        .acknowledge(&offers[0].claim, &answer(BatchVerdict::Accepted, vec![]))
        .await
        .unwrap();
    assert!(!claimed.exists());
    assert!(in_gbk(&dir.join("done"), &format!("{RESULT}.receipt.csv")).exists());
    assert_eq!(std::fs::read_dir(dir.join("done")).unwrap().count(), 3);
}

#[tokio::test]
async fn names_of_another_encoding_are_counted_and_left_alone() {
    let world = World::openssh().await;
    let dir = world.root().join("下载");
    std::fs::create_dir(&dir).unwrap();
    put(&dir, RESULT);
    let adapter = adapter(&world, "utf-8");
    assert_eq!(adapter.collect(&ask(10)).await.unwrap().len(), 0);
    let fault = adapter.probe().await.unwrap_err();
    assert_eq!(fault.finding.code, Code::CPlace);
    assert!(in_gbk(&dir, RESULT).exists() && in_gbk(&dir, &format!("{RESULT}.ok")).exists());
}
