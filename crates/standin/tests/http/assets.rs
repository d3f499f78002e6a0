//! The page and the Pixel script: served from the binary, asking nobody else for anything.

use crate::support::Meta;

#[tokio::test]
async fn the_page_and_all_it_names_are_served() {
    let meta = Meta::new();
    let page = meta.get("/").await;
    assert_eq!(page.status, 200);
    assert!(
        page.header("content-security-policy")
            .starts_with("default-src 'none'")
    );
    let text = page.text();
    let mut wanted = named(&text, "");
    assert!(wanted.len() >= 3, "{wanted:?}");
    let mut seen: Vec<String> = Vec::new();
    while let Some(file) = wanted.pop() {
        if seen.contains(&file) {
            continue;
        }
        let answer = meta.get(&file).await;
        assert_eq!(answer.status, 200, "{file}");
        let folder = file.rsplit_once('/').map_or("", |(folder, _)| folder);
        wanted.extend(named(&answer.text(), folder));
        seen.push(file);
    }
    assert!(
        ["/page/lanes.js", "/look/side.js"]
            .iter()
            .all(|file| seen.iter().any(|one| one == file)),
        "{seen:?}"
    );
    for nothing in ["/page/nothing.js", "/look/nothing.js"] {
        assert_eq!(meta.get(nothing).await.status, 404);
    }
}

/// The files that a text names, quoted: by their path, or from their folder.
fn named(text: &str, folder: &str) -> Vec<String> {
    text.split(['"', '\''])
        .filter_map(|part| match part.strip_prefix("./") {
            Some(beside) if part.ends_with(".js") => Some(format!("{folder}/{beside}")),
            _ => ["/page/", "/look/"]
                .iter()
                .any(|start| part.starts_with(start))
                .then(|| part.to_owned()),
        })
        .collect()
}

#[tokio::test]
async fn the_pixel_script_is_there_in_every_locale() {
    let meta = Meta::new();
    for uri in ["/en_US/fbevents.js", "/fr_FR/fbevents.js"] {
        let script = meta.get(uri).await;
        assert_eq!(script.status, 200);
        assert!(script.header("content-type").starts_with("text/javascript"));
        assert!(script.text().contains("2.9.standin"));
    }
}

#[tokio::test]
async fn other_addresses_say_that_there_is_nothing() {
    let answer = Meta::new().get("/nothing/here").await;
    assert_eq!(answer.status, 404);
    assert!(answer.text().contains("/nothing/here"));
}
