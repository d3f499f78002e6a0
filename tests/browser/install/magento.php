<?php
// Of Magento what a template calls. Prints what the template prints: php magento.php <template>

namespace Magento\Framework\App {
    class ObjectManager
    {
        public static function getInstance()
        {
            return new self();
        }

        public function get($class)
        {
            return $class === 'Magento\Checkout\Model\Session' ? having(['getLastRealOrder' => order()]) : throw new \LogicException($class);
        }
    }
}

namespace {
    /** An object of Magento's with these getters, and no others. */
    function having(array $values)
    {
        return new class ($values) {
            public function __construct(private array $values)
            {
            }

            public function __call($name, $arguments)
            {
                return array_key_exists($name, $this->values) ? $this->values[$name] : throw new BadMethodCallException($name);
            }
        };
    }

    function order()
    {
        $address = ['getTelephone' => '+49 221 555 0199', 'getFirstname' => 'María', 'getLastname' => "O'Löwe </script>", 'getCity' => 'Köln', 'getRegionCode' => 'NRW', 'getPostcode' => '50667', 'getCountryId' => 'DE'];
        return having([
            'getId' => '12', 'getIncrementId' => '000000123', 'getGrandTotal' => '91.4000', 'getOrderCurrencyCode' => 'EUR',
            'getAllVisibleItems' => [having(['getSku' => 'teapot', 'getQtyOrdered' => '1.0000', 'getPriceInclTax' => '86.5000'])],
            'getCustomerEmail' => ' Maria.Schmidt@Example.com ', 'getCustomerId' => null, 'getBillingAddress' => having($address),
        ]);
    }

    $secureRenderer = new class () {
        public function renderTag(string $tag, array $attributes, ?string $content = null, bool $textContent = true): string
        {
            $written = '';
            foreach ($attributes as $name => $value) {
                $written .= " $name=\"" . htmlspecialchars($value) . '"';
            }
            return "<$tag$written>" . ($textContent ? htmlspecialchars($content) : $content) . "</$tag>";
        }
    };
    require $argv[1];
}
