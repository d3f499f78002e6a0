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
    let files: Vec<&str> = text
        .split(['"', '\''])
        .filter(|part| part.starts_with("/page/"))
        .collect();
    assert!(files.len() >= 2, "{files:?}");
    let mut wanted: Vec<String> = files.into_iter().map(str::to_owned).collect();
    let mut seen = Vec::new();
    while let Some(file) = wanted.pop() {
        let answer = meta.get(&file).await;
        assert_eq!(answer.status, 200, "{file}");
        let imports = answer.text();
        let imports = imports
            .split('\'')
            .filter(|part| part.starts_with("./") && part.ends_with(".js"));
        wanted.extend(
            imports
                .map(|part| part.replacen('.', "/page", 1))
                .filter(|part| !seen.contains(part)),
        );
        seen.push(file);
    }
    assert!(
        seen.iter().any(|file| file.ends_with("/lanes.js")),
        "{seen:?}"
    );
    assert_eq!(meta.get("/page/nothing.js").await.status, 404);
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
