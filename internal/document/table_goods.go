package document

// The schema of what is sold: prices and articles.

// unitFields say how an article is counted and ordered.
var unitFields = []Field{
	{Name: "unit", Meaning: "unit, UN/ECE Recommendation 20, PCE for pieces"},
	{Name: "minimum", Type: Number, Unit: "unit", Meaning: "smallest quantity that can be ordered"},
	{Name: "increment", Type: Number, Unit: "unit", Meaning: "step of the quantities that can be ordered"},
}

var priceShape = newShape("price", concat(
	[]Field{
		{Name: "sku", Meaning: "article number"},
		{Name: "list", Meaning: "number or name of the price list"},
		{Name: "group", Meaning: "group of customers that the price is for"},
		{Name: "customer", Meaning: "number of the customer that the price is for"},
		{Name: "currency", Meaning: "currency, ISO 4217"},
		{Name: "valid_from", Type: Time, Meaning: "first day of the price"},
		{Name: "valid_until", Type: Time, Meaning: "last day of the price"},
		{Name: "number", Volatile: true, Meaning: "number of the line in the list"},
		{Name: "action", Meaning: "in a list of changes: added, changed or deleted"},
		{Name: "gtin", Meaning: "GTIN (EAN) of the article"},
		{Name: "buyer_sku", Meaning: "article number of the buyer"},
		{Name: "name", Meaning: "article text"},
		{Name: "supplier", Meaning: "number of the supplier, a GLN or the sender's own"},
		{Name: "type", Meaning: "which price it is: net, list, gross or recommended"},
		{Name: "price", Type: Number, Unit: money, Meaning: "price of one unit, or of as many as basis says"},
		{Name: "basis", Type: Number, Unit: "unit", Meaning: "quantity that the price is for; missing for 1"},
		{Name: "factor", Type: Number, Meaning: "what the price is multiplied by, the discount of a group; missing for 1"},
		{Name: "with_tax", Type: Flag, Meaning: "whether the price includes VAT"},
		{Name: "rate", Type: Number, Unit: percent, Meaning: "VAT rate of the article"},
	},
	unitFields,
	[]Field{
		{Name: "scales", Type: List, Meaning: "prices of larger quantities", Items: newShape("price.scales",
			Field{Name: "from", Type: Number, Unit: "unit", Meaning: "smallest quantity that has the price"},
			Field{Name: "price", Type: Number, Unit: money, Meaning: "price of one unit, or of as many as basis says"},
		)},
	})...)

// textShape is a text in one of several languages.
func textShape(name string) *Shape {
	return newShape(name,
		Field{Name: "language", Meaning: "language, as the format writes it: sv, swe"},
		Field{Name: "text", Meaning: "the text"},
	)
}

// featureShape is a property of an article.
func featureShape(name string) *Shape {
	return newShape(name,
		Field{Name: "name", Meaning: "name of the feature"},
		Field{Name: "value", Meaning: "its value"},
		Field{Name: "unit", Meaning: "unit of the value"},
	)
}

var productShape = newShape("product", concat(
	[]Field{
		{Name: "sku", Meaning: "article number"},
		{Name: "gtin", Meaning: "GTIN (EAN) of the article"},
		{Name: "buyer_sku", Meaning: "article number of the buyer"},
		{Name: "catalog", Meaning: "number of the catalogue"},
		{Name: "number", Volatile: true, Meaning: "number of the line in the list"},
		{Name: "action", Meaning: "in a list of changes: added, changed or deleted"},
		{Name: "supplier", Meaning: "number of the supplier, a GLN or the sender's own"},
		{Name: "manufacturer", Meaning: "name or number of the manufacturer"},
		{Name: "manufacturer_sku", Meaning: "article number of the manufacturer"},
		{Name: "name", Meaning: "name in the main language"},
		{Name: "description", Meaning: "longer text in the main language"},
		{Name: "names", Type: List, Meaning: "names in further languages", Items: textShape("product.names")},
		{Name: "descriptions", Type: List, Meaning: "longer texts in further languages", Items: textShape("product.descriptions")},
		{Name: "keywords", Type: List, Meaning: "words to find the article by", Items: newShape("product.keywords", Field{Name: "text", Meaning: "the word"})},
		{Name: "group", Meaning: "group of the sender's own that the article belongs to"},
		{Name: "status", Meaning: "what is special about the article: new, special offer, expiring"},
		{Name: "blocked", Type: Flag, Meaning: "whether the article cannot be sold"},
		{Name: "available_from", Type: Time, Meaning: "first day on which the article can be had"},
		{Name: "available_until", Type: Time, Meaning: "last day on which the article can be had"},
		{Name: "delivery_days", Type: Number, Meaning: "days until the article is delivered"},
	},
	unitFields,
	[]Field{
		{Name: "content_unit", Meaning: "unit of what is in one unit"},
		{Name: "content", Type: Number, Unit: "content_unit", Meaning: "how many of these are in one unit"},
		{Name: "weight", Type: Number, Unit: "weight_unit", Meaning: "weight with packing"},
		{Name: "net_weight", Type: Number, Unit: "weight_unit", Meaning: "weight without packing"},
		{Name: "weight_unit", Meaning: "unit of the weights, UN/ECE Recommendation 20: KGM"},
		{Name: "length", Type: Number, Unit: "size_unit", Meaning: "length"},
		{Name: "width", Type: Number, Unit: "size_unit", Meaning: "width"},
		{Name: "height", Type: Number, Unit: "size_unit", Meaning: "height"},
		{Name: "size_unit", Meaning: "unit of the measures, UN/ECE Recommendation 20: MMT"},
		{Name: "origin", Meaning: "country of origin, ISO 3166-1 alpha-2"},
		{Name: "customs", Meaning: "customs tariff number"},
		{Name: "rate", Type: Number, Unit: percent, Meaning: "VAT rate"},
		{Name: "classes", Type: List, Meaning: "classes of the article in classification systems", Items: newShape("product.classes",
			Field{Name: "system", Meaning: "the system with its version: ECLASS-5.1"},
			Field{Name: "code", Meaning: "class in the system"},
			Field{Name: "name", Meaning: "name of the class"},
			Field{Name: "features", Type: List, Meaning: "what distinguishes the article in its class", Items: featureShape("product.classes.features")},
		)},
		{Name: "features", Type: List, Meaning: "what distinguishes the article", Items: featureShape("product.features")},
		{Name: "media", Type: List, Meaning: "pictures and other files", Items: newShape("product.media",
			Field{Name: "type", Meaning: "media type: image/jpeg"},
			Field{Name: "source", Meaning: "name or address of the file"},
			Field{Name: "label", Meaning: "text of the file"},
			Field{Name: "purpose", Meaning: "what the file is for: normal, thumbnail, data_sheet"},
		)},
		{Name: "relations", Type: List, Meaning: "other articles that belong to this one", Items: newShape("product.relations",
			Field{Name: "type", Meaning: "how it belongs: accessories, sparepart, followup"},
			Field{Name: "sku", Meaning: "article number of the other one"},
			Field{Name: "quantity", Type: Number, Unit: "unit", Meaning: "how many of it"},
		)},
	})...)
