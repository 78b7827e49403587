"""What can be refused about goods."""

from core.errors import DomainError


class QuantityNotWhole(DomainError):
    """The product is sold in whole pieces only."""

    code = "quantity_not_whole"


class StockShort(DomainError):
    """Less is available than was asked for. `short` names what there is, by listing."""

    code = "stock_short"


class StockNotReserved(DomainError):
    """More should be released or dispatched than was reserved. `reserved` names what was, by listing."""

    code = "stock_not_reserved"


class StockBelowPromised(DomainError):
    """The count is lower than what is promised to orders. `promised` names that, by listing."""

    code = "stock_below_promised"


class SkuTaken(DomainError):
    """Another product has this SKU."""

    code = "sku_taken"


class ListingExists(DomainError):
    """The vendor sells this product already."""

    code = "listing_exists"


class PriceNotPositive(DomainError):
    """A price is more than nothing."""

    code = "price_not_positive"


class WordsMeanNothing(DomainError):
    """An alias needs words, and not a whole message."""

    code = "words_mean_nothing"
