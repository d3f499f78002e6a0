// The inline stub: collects calls until twin.js has loaded.
window.twin=window.twin||function(){(twin.q=twin.q||[]).push(arguments)}
