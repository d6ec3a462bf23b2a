//! Lines that are down: for hours nobody reaches the platform, the park, or the front-end machine, whatever was under way.
//! Where two nodes stand, often only one of them is cut off.

use crate::sim::machine::Machine;
use crate::sim::world::{HOUR, World};
use std::sync::Arc;

/// Who can be cut off from the node.
const ENDS: [&str; 4] = ["hub", "ltax", "park", "psb"];

/// Lines go and come back until the faults stop.
pub async fn live(world: Arc<World>, machines: Vec<Arc<Machine>>) {
    loop {
        world.nap(3 * HOUR, 40 * HOUR).await;
        if world.lock().calm {
            return;
        }
        let end = ENDS[usize::try_from(world.between(0, ENDS.len() as u64)).unwrap_or(0)];
        let until = world.now() + world.between(HOUR / 4, 12 * HOUR);
        let only = (machines.len() > 1).then(|| world.between(0, 3));
        for machine in &machines {
            if only.is_none_or(|only| only == 2 || only == machine.number as u64) {
                machine.say(format!("the line to {end} is down"));
                world.lock().down.insert((machine.number, end), until);
            }
        }
    }
}
