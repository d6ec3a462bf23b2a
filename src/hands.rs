//! Whether enough people are there for what the configuration asks of them: where one person keys and another one proves it,
//! one alone would leave every form waiting for ever.

use accounts::{Action, Line, may};
use engine::view::ChannelLine;
use model::define::{Channel, Department, Verify};
use model::{Code, Finding, Mode};
use settings::Settings;

/// A form that is verified needs so many.
const NEEDED: usize = 2;

/// How many people may key or prove: of the accounts, or of `[people]` where there are none.
pub fn hands(settings: &Settings, accounts: &[Line]) -> usize {
    if accounts.is_empty() {
        return settings.node.people.len();
    }
    let able = |line: &&Line| line.state != "disabled" && line.roles.iter().any(|role| may(*role, Action::Verify));
    accounts.iter().filter(able).count()
}

/// Channels that wait for people who are not there are not well.
pub fn judge(settings: &Settings, hands: usize, channels: &mut [ChannelLine]) {
    if hands >= NEEDED {
        return;
    }
    for (department, _) in &settings.departments {
        let rungs = department
            .ladder
            .iter()
            .filter(|channel| asks_two(settings, department, channel));
        for channel in rungs {
            let of = |line: &&mut ChannelLine| line.dept == department.id.as_str() && line.channel == channel.name;
            let finding = Finding::new(Code::SHands).with("needed", NEEDED).with("found", hands);
            if let Some(line) = channels.iter_mut().find(of) {
                line.good = false;
                line.finding.get_or_insert(finding);
            }
        }
    }
}

/// Whether what is keyed over a channel waits for a second person.
fn asks_two(settings: &Settings, department: &Department, channel: &Channel) -> bool {
    let marked = |layout: &str| {
        let layout = department.layouts.iter().find(|l| l.name == layout);
        layout.is_some_and(|l| l.fields.iter().any(|f| f.verify == Some(Verify::Rekey)))
    };
    let drawn = settings.node.rekey_share > 0;
    channel.mode == Mode::Manual && channel.feeds.iter().any(|feed| drawn || marked(&feed.layout))
}
