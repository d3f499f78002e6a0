import { ThankYou } from "./ThankYou.jsx";

export default async function Page({ searchParams }) {
  const { order } = await searchParams;
  return <ThankYou orderId={order} />;
}
