//! The secret of a key is in the answer that makes it, and nowhere else.

use std::fs;

use serde_json::json;

use crate::{body, create_key, query, reader, root, shown, with_acme};

#[tokio::test]
async fn a_secret_is_in_no_file_and_no_later_answer() {
    let installation = with_acme().await;
    let admin = &installation.admin;
    let made = create_key(&installation, &root(), &reader()).await.unwrap();
    // The part that only the holder knows, in three pieces: a file might break it over two pages.
    let secret = &made.secret.expose()[23..66];
    let pieces = [&secret[..14], &secret[14..28], &secret[28..]];
    assert!(!format!("{made:?}").contains(secret));

    let id = made.key.id.to_string();
    let answers = [
        shown(&made.key),
        shown(&admin.show_key(&root(), &id).await.unwrap()),
        shown(&admin.list_keys(&root(), query(&[])).await.unwrap()),
        shown(&admin.revoke_key(&root(), &id, body(&json!({}))).await.unwrap()),
    ];
    for answer in answers {
        assert!(pieces.iter().all(|piece| !answer.to_string().contains(piece)), "{answer}");
    }
    for entry in fs::read_dir(installation.folder.path()).unwrap() {
        let path = entry.unwrap().path();
        let octets = fs::read(&path).unwrap();
        for piece in pieces {
            let is_in = octets.windows(piece.len()).any(|window| window == piece.as_bytes());
            assert!(!is_in, "{}", path.display());
        }
    }
}
