// Counts effects, for the test to see that strict mode is on.
import { useEffect } from "react";

export function Effects() {
  useEffect(() => {
    document.body.dataset.effects = Number(document.body.dataset.effects ?? 0) + 1;
  }, []);
  return null;
}
