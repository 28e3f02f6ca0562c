//! What a limit is: the same flags where one is made and where it is changed.

use clap::Args;

use crate::client::Patch;

const STRATEGIES: [&str; 4] = ["fixed-window", "sliding-window", "token-bucket", "quota"];

/// How a limit counts, and what.
#[derive(Debug, Args)]
pub(super) struct LimitFlags {
    /// How it counts: fixed-window, sliding-window (default), token-bucket or quota.
    #[arg(long, value_name = "NAME", value_parser = STRATEGIES, hide_possible_values = true)]
    strategy: Option<String>,
    /// How much a token bucket holds, where that is not the limit.
    #[arg(long, value_name = "NUMBER")]
    burst: Option<u64>,
    /// What a new period of a quota does: replace what is left (default), or add to it.
    #[arg(long, value_name = "WHAT", value_parser = ["replace", "add"], hide_possible_values = true)]
    refill: Option<String>,
    /// What a use costs that neither says it nor is in the table of argus cost (default: 1).
    #[arg(long, value_name = "NUMBER")]
    cost: Option<u64>,
    /// Only uses of this action, such as write; repeat for more.
    #[arg(long = "action", value_name = "ACTION")]
    actions: Vec<String>,
    /// Only uses of resources of this type, such as evidence for acme/atlas/evidence/42; repeat for more.
    #[arg(long = "resource-type", value_name = "TYPE")]
    types: Vec<String>,
}

impl LimitFlags {
    /// The members that the flags say.
    pub(super) fn put(self, into: &mut Patch, limit: Option<u64>, window: Option<u64>) {
        let strategy = self.strategy.map(|strategy| strategy.replace('-', "_"));
        into.set("strategy", strategy).set("burst", self.burst).set("cost", self.cost);
        into.set("refill", self.refill);
        into.set("limit", limit).set("window_seconds", window);
        into.set_list("actions", self.actions).set_list("resource_types", self.types);
    }
}
