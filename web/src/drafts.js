export function watchDrafts() {}
