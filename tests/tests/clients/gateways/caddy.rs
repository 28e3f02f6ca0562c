//! Caddy, as `examples/caddy/Caddyfile` sets it up.

use std::path::Path;
use std::process::Command;

use super::{Addresses, example, guards};

/// The example, and a service that tells what it is told.
fn configure(folder: &Path, addresses: &Addresses) -> Command {
    let guarded = format!(
        "http://:{} {{\n\tbind 127.0.0.1\n\theader Told-Key {{http.request.header.Argus-Key-Id}}\n\theader Told-Authorization \
         {{http.request.header.Authorization}}\n\trespond \"guarded\"\n}}\n",
        addresses.service.port()
    );
    let text = format!("{{\n\tadmin off\n\tauto_https off\n}}\n{guarded}{}", example("caddy/Caddyfile", addresses));
    std::fs::write(folder.join("Caddyfile"), text).unwrap();
    let mut command = Command::new("caddy");
    command.arg("run").arg("--config").arg(folder.join("Caddyfile")).arg("--adapter").arg("caddyfile");
    // What it keeps, it keeps in the folder of this test.
    command.env("XDG_DATA_HOME", folder).env("XDG_CONFIG_HOME", folder);
    command
}

#[tokio::test]
async fn caddy_lets_through_what_is_granted_and_challenges_all_else() {
    guards("caddy", "version", configure).await;
}
