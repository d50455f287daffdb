"""The fields of Gamma's records that were about when this was written: others are news, and are counted."""

from __future__ import annotations

from typing import Final

_MARKET: Final = """
    acceptingOrders acceptingOrdersTimestamp active ammType approved archived automaticallyActive
    automaticallyResolved bestAsk bestBid category clearBookOnStart clobRewards clobTokenIds closed
    closedTime comments competitive conditionId createdAt creator curationOrder customLiveness cyom
    denominationToken deploying deployingTimestamp description disqusThread enableOrderBook endDate
    endDateIso eventStartTime events featured fee feeSchedule feeType feesEnabled formatType
    fpmmLive funded gameId gameStartTime groupItemThreshold groupItemTitle hasReviewedDates
    holdingRewardsEnabled icon id image lastTradePrice line liquidity liquidityAmm liquidityClob
    liquidityNum lowerBound mailchimpTag makerBaseFee makerRebatesFeeShareBps manualActivation
    marketMakerAddress marketType negRisk negRiskMarketID negRiskOther negRiskRequestID new
    oneDayPriceChange oneHourPriceChange oneMonthPriceChange oneWeekPriceChange oneYearPriceChange
    orderMinSize orderPriceMinTickSize outcome outcomePrices outcomes pagerDutyNotificationEnabled
    pendingDeployment publishedAt question questionID ready requiresTranslation resolutionSource
    resolvedBy restricted rewardsMaxSpread rewardsMinSize rfqEnabled score secondsDelay sentDiscord
    seriesColor showGmpOutcome showGmpSeries slug sponsorImage sportsMarketType spread startDate
    startDateIso submitted_by tags takerBaseFee teamAID teamBID twitterCardImage umaBond umaEndDate
    umaEndDateIso umaResolutionStatus umaResolutionStatuses umaReward updatedAt upperBound volume
    volume1mo volume1moAmm volume1moClob volume1wk volume1wkAmm volume1wkClob volume1yr volume1yrAmm
    volume1yrClob volume24hr volume24hrAmm volume24hrClob volumeAmm volumeClob volumeNum wideFormat
"""
_EVENT: Final = """
    active archived automaticallyActive bestLines carouselMap categories category chats closed
    closedTime collections commentCount comments competitive countryName createdAt creationDate
    cumulativeMarkets cyom deploying deployingTimestamp description disqusThread elapsed
    electionType enableNegRisk enableOrderBook endDate ended estimateValue eventCreators eventDate
    eventWeek featured featuredOrder finishedTimestamp gameId gmpChartMode icon id image isTemplate
    liquidity liquidityClob live markets negRisk negRiskAugmented negRiskMarketID new openInterest
    parentEventId pendingDeployment period publishedAt requiresTranslation resolutionSource
    restricted score series seriesSlug showAllOutcomes showMarketImages slug sortBy
    sportradarMatchId spreadsMainLine startDate startTime subcategory tags templateVariables ticker
    title totalsMainLine tweetCount updatedAt volume volume1mo volume1wk volume1yr volume24hr
"""

MARKET: Final = frozenset(_MARKET.split())
EVENT: Final = frozenset(_EVENT.split())
