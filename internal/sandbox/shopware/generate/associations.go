package main

import "slices"

// How associations are kept is not in the documents: they name the target only. Names tell most; these tables tell
// the rest.

// foreignKeys names the field of a to-one association where it is not the association's name plus Id.
var foreignKeys = map[string]string{
	"stateMachineState":     "stateId",
	"transaction":           "orderTransactionId",
	"fromStateMachineState": "fromStateId",
	"toStateMachineState":   "toStateId",
	"transactionCapture":    "captureId",
	"appScriptCondition":    "scriptId",
}

// inverses names the field, on the other side, of a one-to-one association.
var inverses = map[string]string{
	"order.orderCustomer":            "orderId",
	"order_delivery.primaryOrder":    "primaryOrderDeliveryId",
	"order_transaction.primaryOrder": "primaryOrderTransactionId",
	"media_folder.defaultFolder":     "",
}

// childFields names the child's field of a to-many association where names do not tell.
var childFields = map[string]string{
	"category.navigationSalesChannels":                   "navigationCategoryId",
	"category.footerSalesChannels":                       "footerCategoryId",
	"category.serviceSalesChannels":                      "serviceCategoryId",
	"customer_group.customers":                           "groupId",
	"customer_group.registrationSalesChannels":           "",
	"media.documents":                                    "documentMediaFileId",
	"media.a11yDocuments":                                "documentA11yMediaFileId",
	"product_media.coverProducts":                        "coverId",
	"sales_channel.boundCustomers":                       "boundSalesChannelId",
	"sales_channel.customerGroupsRegistrations":          "",
	"state_machine_state.fromStateMachineTransitions":    "fromStateId",
	"state_machine_state.toStateMachineTransitions":      "toStateId",
	"state_machine_state.fromStateMachineHistoryEntries": "fromStateId",
	"state_machine_state.toStateMachineHistoryEntries":   "toStateId",
	"category.nestedProducts":                            "",
	"document.dependentDocuments":                        "referencedDocumentId",
}

// link is an entity of two keys that joins two others.
type link struct {
	entity, own, other string
	readOnly           bool
}

// links names the mapping entity of each many-to-many association.
var links = map[string]link{
	"product.categories":                      {entity: "product_category", own: "productId", other: "categoryId"},
	"category.products":                       {entity: "product_category", own: "categoryId", other: "productId"},
	"product.categoriesRo":                    {entity: "product_category_tree", own: "productId", other: "categoryId", readOnly: true},
	"product.tags":                            {entity: "product_tag", own: "productId", other: "tagId"},
	"tag.products":                            {entity: "product_tag", own: "tagId", other: "productId"},
	"product.options":                         {entity: "product_option", own: "productId", other: "optionId"},
	"property_group_option.productOptions":    {entity: "product_option", own: "optionId", other: "productId"},
	"product.properties":                      {entity: "product_property", own: "productId", other: "optionId"},
	"property_group_option.productProperties": {entity: "product_property", own: "optionId", other: "productId"},
	"product.customFieldSets":                 {entity: "product_custom_field_set", own: "productId", other: "customFieldSetId"},
	"custom_field_set.products":               {entity: "product_custom_field_set", own: "customFieldSetId", other: "productId"},
	"order.tags":                              {entity: "order_tag", own: "orderId", other: "tagId"},
	"tag.orders":                              {entity: "order_tag", own: "tagId", other: "orderId"},
	"customer.tags":                           {entity: "customer_tag", own: "customerId", other: "tagId"},
	"tag.customers":                           {entity: "customer_tag", own: "tagId", other: "customerId"},
	"category.tags":                           {entity: "category_tag", own: "categoryId", other: "tagId"},
	"tag.categories":                          {entity: "category_tag", own: "tagId", other: "categoryId"},
	"media.tags":                              {entity: "media_tag", own: "mediaId", other: "tagId"},
	"tag.media":                               {entity: "media_tag", own: "tagId", other: "mediaId"},
	"rule.tags":                               {entity: "rule_tag", own: "ruleId", other: "tagId"},
	"tag.rules":                               {entity: "rule_tag", own: "tagId", other: "ruleId"},
	"shipping_method.tags":                    {entity: "shipping_method_tag", own: "shippingMethodId", other: "tagId"},
	"tag.shippingMethods":                     {entity: "shipping_method_tag", own: "tagId", other: "shippingMethodId"},
	"sales_channel.currencies":                {entity: "sales_channel_currency", own: "salesChannelId", other: "currencyId"},
	"currency.salesChannels":                  {entity: "sales_channel_currency", own: "currencyId", other: "salesChannelId"},
	"sales_channel.languages":                 {entity: "sales_channel_language", own: "salesChannelId", other: "languageId"},
	"language.salesChannels":                  {entity: "sales_channel_language", own: "languageId", other: "salesChannelId"},
	"sales_channel.countries":                 {entity: "sales_channel_country", own: "salesChannelId", other: "countryId"},
	"country.salesChannels":                   {entity: "sales_channel_country", own: "countryId", other: "salesChannelId"},
	"sales_channel.paymentMethods":            {entity: "sales_channel_payment_method", own: "salesChannelId", other: "paymentMethodId"},
	"payment_method.salesChannels":            {entity: "sales_channel_payment_method", own: "paymentMethodId", other: "salesChannelId"},
	"sales_channel.shippingMethods":           {entity: "sales_channel_shipping_method", own: "salesChannelId", other: "shippingMethodId"},
	"shipping_method.salesChannels":           {entity: "sales_channel_shipping_method", own: "shippingMethodId", other: "salesChannelId"},
}

// associate fills in how the associations of all entities are kept.
func associate(entities []*entity) {
	byName := map[string]*entity{}
	for _, e := range entities {
		byName[e.name] = e
	}
	for _, e := range entities {
		for _, f := range e.fields {
			if f.kind == "one" && byName[f.target] != nil {
				f.through = toOneField(e, f)
				if key := e.field(f.through); key != nil {
					key.kind, key.target = "fk", f.target
				}
			}
		}
	}
	for _, e := range entities {
		for _, f := range e.fields {
			settle(e, f, byName[f.target])
		}
	}
}

func toOneField(e *entity, f *field) string {
	for _, candidate := range []string{foreignKeys[f.name], f.name + "Id"} {
		if candidate != "" && e.field(candidate) != nil {
			return candidate
		}
	}
	return ""
}

// settle decides how association f of e is kept; one to an entity outside the table can be asked for, and is empty.
func settle(e *entity, f *field, target *entity) {
	if f.kind != "one" && f.kind != "many" {
		return
	}
	place := e.name + "." + f.name
	switch l, isLink := links[place]; {
	case target == nil:
		f.kind, f.target = "none", ""
	case isLink:
		f.kind, f.link = "link", l
		if l.readOnly {
			f.readOnly = f.releases
		}
	case f.kind == "one" && f.through == "":
		f.kind, f.through = "inverse", inverses[place]
	case f.kind == "many":
		f.through = toManyField(e, f, target)
	}
	if f.kind != "link" && f.kind != "none" && f.through == "" {
		f.kind, f.target = "none", ""
	}
}

func toManyField(e *entity, f *field, target *entity) string {
	place := e.name + "." + f.name
	if hint, ok := childFields[place]; ok {
		return hint
	}
	var keys []string
	for _, t := range target.fields {
		if t.kind == "fk" && t.target == e.name {
			keys = append(keys, t.name)
		}
	}
	for _, candidate := range []string{camel(e.name) + "Id", "parentId"} {
		if slices.Contains(keys, candidate) && (candidate != "parentId" || f.name == "children") {
			return candidate
		}
	}
	if len(keys) == 1 {
		return keys[0]
	}
	return ""
}
