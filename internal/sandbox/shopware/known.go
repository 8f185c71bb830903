package shopware

import "strings"

// What the vendor's documents do not say about entities, from the core's behaviour.

// Ids that are the same in every shop.
const (
	liveVersion     = "0fa91ce3e96a4bc2be4bd9ce752c3425"
	defaultCurrency = "b7d2554b0ce847cd82f3ac9bd1c0dfca"
	systemLanguage  = "2fbb5fe2e29a4d70aa5854ce7ce3e20b"
)

// uniqueKeys names the unique keys by entity; parts of one key are joined by "+".
func uniqueKeys() map[string][]string {
	return map[string][]string{
		"product":            {"productNumber"},
		"customer":           {"customerNumber"},
		"order":              {"orderNumber"},
		"product_visibility": {"productId+salesChannelId"},
		"document":           {"documentTypeId+documentNumber"},
		"currency":           {"isoCode"},
		"payment_method":     {"technicalName"},
		"shipping_method":    {"technicalName"},
		"state_machine":      {"technicalName"},
		"custom_field":       {"name"},
		"custom_field_set":   {"name"},
	}
}

// defaultValues are what a row has where nothing was written, by "entity.field".
func defaultValues() map[string]any {
	return map[string]any{
		"product.active":                   true,
		"product.available":                false,
		"product.isCloseout":               false,
		"product.minPurchase":              int64(1),
		"product.purchaseSteps":            int64(1),
		"product.shippingFree":             false,
		"product.markAsTopseller":          false,
		"product.sales":                    int64(0),
		"product.childCount":               int64(0),
		"product.states":                   jsonText(`["is-physical"]`),
		"product.type":                     "physical",
		"product_media.position":           int64(1),
		"product_price.quantityEnd":        nil,
		"customer.active":                  true,
		"customer.guest":                   false,
		"customer.accountType":             "private",
		"customer.orderCount":              int64(0),
		"customer.orderTotalAmount":        number("0"),
		"customer_group.displayGross":      true,
		"category.active":                  true,
		"category.visible":                 true,
		"category.displayNestedProducts":   true,
		"category.type":                    "page",
		"category.level":                   int64(1),
		"category.childCount":              int64(0),
		"country.active":                   true,
		"country.shippingAvailable":        true,
		"country.addressFormat":            jsonText(`[]`),
		"currency.isSystemDefault":         false,
		"order_line_item.good":             true,
		"order_line_item.removable":        true,
		"order_line_item.stackable":        true,
		"order_line_item.states":           jsonText(`[]`),
		"order_line_item.type":             "product",
		"order_line_item.position":         int64(1),
		"order_delivery.trackingCodes":     jsonText(`[]`),
		"payment_method.active":            true,
		"payment_method.afterOrderEnabled": true,
		"shipping_method.active":           true,
		"sales_channel.active":             true,
		"rule.invalid":                     false,
		"tax.position":                     int64(0),
	}
}

// translatedNames are the fields that have one value a language, in every entity with translations.
func translatedNames() []string {
	return []string{"name", "description", "customFields", "keywords", "metaTitle", "metaDescription", "packUnit",
		"packUnitPlural", "customSearchKeywords", "slotConfig", "shortName", "displayName", "letterName", "shortCode",
		"distinguishableName", "trackingUrl", "territory"}
}

// cascades tells whether deleting a parent deletes the child, instead of being refused or clearing the key: parts of
// an aggregate, mapping rows and variants go along.
func cascades(parent, child *entity, f *field) bool {
	switch {
	case child == parent:
		return f.name == "parentId"
	case child.keys != nil || f.name == "parentId":
		return true
	case f.required && lookedUp(child, f):
		return true
	}
	return f.required && strings.HasPrefix(parent.name, "order_") && strings.HasPrefix(child.name, "order_")
}
