import pixel from "react-facebook-pixel";
pixel.init("1234567890", { em: "a@b.co" });
pixel.track("Purchase", { value: 100, currency: "USD" });
