import { TwinProvider } from "pixel-twin/react";

const options = { pixelId: "1234567890", endpoint: "/twin/events", autoIdentify: true };

export default function Layout({ children }) {
  return (
    <html lang="en">
      <head>
        <link rel="icon" href="data:," />
      </head>
      <body>
        <TwinProvider options={options}>{children}</TwinProvider>
      </body>
    </html>
  );
}
