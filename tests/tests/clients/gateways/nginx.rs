//! nginx, as `examples/nginx/argus.conf` sets it up.

use std::path::Path;
use std::process::Command;

use super::{Addresses, example, guards};

/// The example, and a service that tells what it is told.
fn configure(folder: &Path, addresses: &Addresses) -> Command {
    let example = example("nginx/argus.conf", addresses);
    // What the service is told comes back, so that it can be looked at.
    let guarded = format!(
        "server {{ listen {}; location / {{ add_header Told-Key $http_argus_key_id always;
         add_header Told-Authorization $http_authorization always; return 200 \"guarded\"; }} }}",
        addresses.service
    );
    let shown = folder.display();
    let paths = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"].map(|of| format!("{of}_temp_path {shown}/{of};"));
    let text = format!(
        "daemon off; pid {shown}/pid; error_log {shown}/errors; events {{}}
         http {{ access_log off; {} {guarded} {example} }}",
        paths.concat()
    );
    std::fs::write(folder.join("nginx.conf"), text).unwrap();
    let mut command = Command::new("nginx");
    command.arg("-p").arg(folder).arg("-c").arg(folder.join("nginx.conf"));
    command
}

#[tokio::test]
async fn nginx_lets_through_what_is_granted_and_challenges_all_else() {
    guards("nginx", "-v", configure).await;
}
