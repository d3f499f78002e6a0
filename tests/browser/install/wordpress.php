<?php
// Of WordPress and WooCommerce what a snippet calls. Prints what a hook prints: php wordpress.php <snippet> <hook>

$actions = [];

function add_action($hook, $callback, $priority = 10)
{
    global $actions;
    $actions[$hook][] = $callback;
}

function wp_json_encode($value, $flags = 0)
{
    return json_encode($value, $flags);
}

/** An object of WooCommerce's with these getters, and no others. */
function having(array $values)
{
    return new class ($values) {
        public function __construct(private array $values)
        {
        }

        public function __call($name, $arguments)
        {
            return $this->values[$name] ?? throw new BadMethodCallException($name);
        }
    };
}

function wc_get_price_to_display($product)
{
    return '86.5';
}

function get_woocommerce_currency()
{
    return 'EUR';
}

function wc_get_order($id)
{
    return having([
        'get_id' => $id, 'is_paid' => getenv('UNPAID') === false, 'get_total' => '91.40', 'get_currency' => 'EUR', 'get_item_total' => 86.5,
        'get_items' => [17 => having(['get_product_id' => 33, 'get_quantity' => 1])],
        'get_billing_email' => ' Maria.Schmidt@Example.com ', 'get_billing_phone' => '+49 221 555 0199', 'get_billing_first_name' => 'María',
        'get_billing_last_name' => "O'Löwe </script>", 'get_billing_city' => 'Köln', 'get_billing_state' => 'DE-NW', 'get_billing_postcode' => '50667',
        'get_billing_country' => 'DE', 'get_customer_id' => 0,
    ]);
}

$product = having(['get_id' => 33]);
[, $snippet, $hook] = $argv;
require $snippet;
foreach ($actions[$hook] as $callback) {
    $callback(4711);
}
