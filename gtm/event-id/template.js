// An id is never missing: without an order, it is the event's own.
return (data.eventIdSource === 'order' && orderId()) || mintId();
