// The least that Next.js asks of an application beside its routes.
export default function Layout({ children }) {
  return children;
}
