//! HAProxy, as `examples/haproxy` sets it up.

use std::path::Path;
use std::process::Command;

use super::{Addresses, example, guards};

/// The example, and a service that tells what it is told.
fn configure(folder: &Path, addresses: &Addresses) -> Command {
    let guarded = format!(
        "\nfrontend service\n    bind {}\n    http-request return status 200 content-type text/plain string guarded \
         hdr Told-Key %[req.hdr(argus-key-id)] hdr Told-Authorization %[req.hdr(authorization)]\n",
        addresses.service
    );
    std::fs::write(folder.join("haproxy.cfg"), example("haproxy/haproxy.cfg", addresses) + &guarded).unwrap();
    std::fs::write(folder.join("argus.lua"), example("haproxy/argus.lua", addresses)).unwrap();
    let mut command = Command::new("haproxy");
    command.current_dir(folder).arg("-db").arg("-f").arg("haproxy.cfg");
    command
}

#[tokio::test]
async fn haproxy_lets_through_what_is_granted_and_challenges_all_else() {
    guards("haproxy", "-v", configure).await;
}
